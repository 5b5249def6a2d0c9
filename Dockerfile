# Fullmenu's server. Build: docker build -t fullmenu .   Run: see compose.yaml and docs/serve.md
FROM python:3.12-slim AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY src src
RUN python -m venv /opt/fullmenu \
    && /opt/fullmenu/bin/pip install --no-cache-dir -c constraints.txt ".[serve,postgres]"

FROM python:3.12-slim
COPY --from=build /opt/fullmenu /opt/fullmenu
RUN useradd --system --create-home --home-dir /data fullmenu
USER fullmenu
WORKDIR /data
VOLUME /data
EXPOSE 8000
ENV PATH=/opt/fullmenu/bin:$PATH PYTHONUNBUFFERED=1
HEALTHCHECK --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
ENTRYPOINT ["fullmenu"]
CMD ["serve", "--host", "0.0.0.0"]
