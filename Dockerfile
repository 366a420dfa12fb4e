# Build: docker build --tag colloquery .
# Run:   docker run --publish 127.0.0.1:8000:8000 --volume colloquery:/data colloquery
#
# Nothing is fetched but Debian's packages and what requirements.lock names, each file held against its hash.

FROM python:3.13.7-slim-bookworm AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
# Without pip in it: what runs installs nothing.
RUN python -m venv --without-pip /opt/colloquery
COPY requirements.lock ./
RUN pip --python /opt/colloquery/bin/python install --only-binary :all: --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY core ./core
COPY adapters ./adapters
COPY migrations ./migrations
RUN /opt/colloquery/bin/python -m hatchling build -t wheel -d /opt/wheels \
 && pip --python /opt/colloquery/bin/python install --no-deps --no-index /opt/wheels/colloquery-*.whl

FROM python:3.13.7-slim-bookworm
LABEL org.opencontainers.image.title="Colloquery" org.opencontainers.image.licenses="MIT"
# A font with Hangul for charts that are drawn as pictures; FreeTDS is the ODBC driver for SQL Server.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-nanum libodbc2 tdsodbc \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 colloquery \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin colloquery \
 && install -d -o colloquery -g colloquery -m 0700 /data
COPY --from=build /opt/colloquery /opt/colloquery
# Beyond loopback the page opens with a token alone: one is made and printed unless COLLOQUERY_WEB_TOKEN is set.
ENV PATH=/opt/colloquery/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COLLOQUERY_DATA_DIR=/data \
    COLLOQUERY_HOST=0.0.0.0 \
    COLLOQUERY_PORT=8000
# By number, so that an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os; line = http.client.HTTPConnection('127.0.0.1', int(os.environ['COLLOQUERY_PORT']), timeout=4); line.request('GET', '/healthz'); raise SystemExit(line.getresponse().status != 200)"]
ENTRYPOINT ["colloquery"]
CMD ["serve"]
