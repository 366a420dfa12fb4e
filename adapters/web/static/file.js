// The page of a file, for somebody whose sign-in is older than some minutes: it is renewed unseen, and the file comes.

const renewed = await fetch("../session/refresh", { method: "POST" }).catch(() => null);
if (renewed?.ok) {
  document.getElementById("signed-out").hidden = true;
  document.getElementById("ready").hidden = false;
  document.getElementById("download").click();
}
