// The questions of one thread and their answers, live while they are made.

import { follow, post, Problem } from "./api.js";
import { againButton, drawNotice, drawReply, editButton } from "./answer.js";
import { byId, el, icon } from "./dom.js";
import { drawAgain } from "./schedule_form.js";
import { t } from "./words.js";

const RESEND = [500, 1500, 4000];

let following = new Set();

const say = (text) => (byId("status").textContent = text);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Forget what is on the page. Questions under way go on at the server. */
export function clear() {
  for (const stop of following) stop();
  following = new Set();
  byId("conversation").replaceChildren();
}

/** Steps while an answer is made, with the way to stop it. */
function working() {
  const list = el("ol", { class: "steps" });
  const lost = el("p", { class: "note", hidden: true }, t("lost"));
  const stopper = el("button", { type: "button", class: "chip stop", hidden: true }, icon("stop"), el("span", {}, t("stop")));
  const seen = new Set();
  return {
    node: el("div", { class: "working" }, el("div", { class: "doing" }, list, lost), stopper),
    step(step) {
      const text = step.text || t("working");
      if (seen.has(text)) return;
      seen.add(text);
      list.append(el("li", {}, text));
      say(text);
    },
    isLost: (yes) => (lost.hidden = !yes),
    canStop(questionId) {
      stopper.hidden = false;
      stopper.onclick = async () => {
        stopper.disabled = true;
        stopper.lastChild.textContent = t("stopping");
        try {
          await post(`questions/${questionId}/stop`);
        } catch {
          stopper.disabled = false;
          stopper.lastChild.textContent = t("stop");
        }
      };
    },
  };
}

function show(text) {
  const answer = el("div", { class: "answer" });
  const node = el("article", { class: "exchange" }, el("h2", { class: "question" }, text), answer);
  byId("conversation").append(node);
  return { node, answer };
}

function offline() {
  return { level: "error", text: t("offline_text"), hint: t("offline_hint") };
}

function fail(answer, words, ...buttons) {
  const notice = words ? { level: "error", text: words.text, hint: words.hint } : offline();
  answer.replaceChildren(drawNotice(notice, ...buttons));
}

function finish(exchange, reply, text, on) {
  const choose = (value) => on.ask(text, undefined, { about: reply.question_id, choice: value });
  const of = (what) => `questions/${reply.question_id}/${what}`;
  exchange.answer.replaceChildren(
    ...drawReply(reply, {
      edit: () => on.edit(text),
      choose,
      keep: () => on.keep(reply.question_id),
      fresh: () => on.start(of("fresh")),
      rerun: (sql) => on.start(of("rerun"), { sql }),
      schedule: (done, close) => drawAgain(async (wanted) => done(await post("schedules", { ...wanted, question_id: reply.question_id, session: on.session() })), close),
    }),
  );
}

function watch(exchange, questionId, text, on) {
  const progress = working();
  progress.step({ text: t("working") });
  progress.canStop(questionId);
  exchange.answer.replaceChildren(progress.node);
  const isEnd = () => exchange.node === byId("conversation").lastElementChild;
  const end = () => {
    following.delete(stop);
    on.ended();
  };
  const stop = follow(questionId, {
    step: progress.step,
    lost: () => progress.isLost(true),
    found: () => progress.isLost(false),
    reply(reply) {
      finish(exchange, reply, text, on);
      say(t("ready", { text: reply.parts.find((part) => part.text)?.text ?? reply.plain }));
      if (isEnd()) bringUp(exchange.node);
      end();
    },
    problem(words) {
      fail(exchange.answer, words, againButton(() => watch(exchange, questionId, text, on)));
      end();
    },
  });
  following.add(stop);
}

function bringUp(node) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  byId("scroll").scrollTo({ top: node.offsetTop, behavior: calm ? "auto" : "smooth" });
}

/** Draw a thread as it is stored; whatever is still being answered is followed. */
export function restore(exchanges, on) {
  for (const { question_id: questionId, text, reply } of exchanges) {
    const exchange = show(text);
    if (reply) finish(exchange, reply, text, on);
    else watch(exchange, questionId, text, on);
  }
  const last = byId("conversation").lastElementChild;
  if (last) byId("scroll").scrollTop = last.offsetTop;
}

/** Show a question that the server has taken already, and follow it. */
export function join(questionId, text, on) {
  const exchange = show(text);
  watch(exchange, questionId, text, on);
  bringUp(exchange.node);
  on.accepted();
}

/** Ask. The same message is sent again until the server has it: it counts once, however often it arrives. */
export async function ask(question, on) {
  const exchange = show(question.text);
  const { about, choice, text, connection, ...where } = question;
  const [path, body] = about ? [`questions/${about}/choice`, { ...where, choice }] : ["questions", { ...where, text, connection }];
  const progress = working();
  progress.step({ text: t("working") });
  exchange.answer.append(progress.node);
  bringUp(exchange.node);
  const send = async () => {
    for (const delay of [...RESEND, null]) {
      try {
        return await post(path, body);
      } catch (error) {
        if (!(error instanceof Problem) || error.words || delay === null) throw error;
        progress.isLost(true);
        await pause(delay);
      }
    }
    throw new Problem(null);
  };
  try {
    const { question_id: questionId } = await send();
    on.accepted();
    // The reader may have gone to another thread meanwhile; coming back, they find it there.
    if (exchange.node.isConnected) watch(exchange, questionId, question.text, on);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const again = againButton(() => {
      exchange.node.remove();
      ask(question, on);
    });
    fail(exchange.answer, error.words, error.words ? editButton(() => on.edit(question.text)) : again);
  }
}
