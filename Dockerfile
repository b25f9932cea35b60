# One image for pages, timed work and migrations; which of them it is, the command says.
# Debian 12, whose PostgreSQL programs are of release 15, as the server's in compose.yaml: a backup asks for the same.
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    TALENT_ENV=production TALENT_HOME=/data HOST=0.0.0.0 PORT=8000
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-15 && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --require-hashes --compile -r requirements.txt
COPY . .
RUN pybabel -q compile -d talent/translations \
    && python -m whitenoise.compress --quiet static \
    && useradd --system --uid 10001 talent && install -d -o talent -g talent /data
USER talent
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["gunicorn", "-b", "0.0.0.0:8000", "wsgi:app"]
