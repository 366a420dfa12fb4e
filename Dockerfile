# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/colloquery
COPY requirements.lock ./
RUN /opt/colloquery/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY bot ./bot
COPY core ./core
COPY adapters ./adapters
COPY migrations ./migrations
RUN /opt/colloquery/bin/pip install --no-build-isolation --no-deps .

FROM python:3.13-slim-bookworm
# A font with Hangul for charts drawn as pictures; FreeTDS is the ODBC driver for SQL Server.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-nanum tdsodbc unixodbc \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin colloquery \
 && install -d -o colloquery -g colloquery /data
COPY --from=build /opt/colloquery /opt/colloquery
ENV PATH=/opt/colloquery/bin:$PATH COLLOQUERY_DATA_DIR=/data COLLOQUERY_HOST=0.0.0.0 PYTHONUNBUFFERED=1
USER colloquery
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8000), 2).close()"]
CMD ["colloquery", "serve"]
