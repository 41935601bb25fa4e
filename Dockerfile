# One image for all parts. The command selects one: web, "work judge", "work background", "work delivery" or sweep.

FROM python:3.11-slim-bookworm AS build
# The last step compiles all files.
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1
WORKDIR /build
RUN python -m venv /opt/replygate
ENV PATH=/opt/replygate/bin:$PATH
COPY requirements.txt ./
RUN pip install --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY comments ./comments
COPY service ./service
COPY workers ./workers
COPY replygate ./replygate
RUN pip install --no-deps --no-build-isolation --no-index . \
 && python -m compileall -q /opt/replygate/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Replygate" \
      org.opencontainers.image.description="Self-hosted comment moderation" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin replygate
COPY --from=build /opt/replygate /opt/replygate
ENV PATH=/opt/replygate/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV REPLYGATE_HOST=0.0.0.0 REPLYGATE_PORT=8000
USER 10001
WORKDIR /tmp
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["replygate", "web"]
