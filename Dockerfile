# The portal's image: web, worker and beat run from it with different commands (docker-compose.yml).
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements/uv.txt requirements/run.txt requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
 && VIRTUAL_ENV=/venv /venv/bin/uv pip install --no-cache --require-hashes -r requirements/run.txt

FROM python:3.11.14-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /srv/stars --shell /usr/sbin/nologin stars \
 && install -d -o stars /srv/stars/var /srv/media
WORKDIR /srv/stars
COPY --from=build /venv /venv
COPY manage.py ./
COPY stars stars
COPY accounts accounts
COPY documents documents
COPY funding funding
COPY catalog catalog
COPY applications applications
COPY templates templates
COPY static static
COPY locale locale
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=stars.settings.production STARS_MEDIA_ROOT=/srv/media
# The demo is never installed in production (architecture.md 2).
RUN rm -rf stars/demo && python -m compileall -q stars accounts documents funding catalog applications
USER stars
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=2s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=1)"]
CMD ["gunicorn", "stars.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "30", "--graceful-timeout", "20", "--max-requests", "20000", "--max-requests-jitter", "2000", "--limit-request-line", "4094"]
