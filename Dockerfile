# The portal's image: web, worker, beat and migrate run from it with different commands (docker-compose.yml).
# Pinned by version: no registry could be asked for the digest when this was written. Pin it where the image is built.
FROM python:3.11.14-slim-bookworm AS build
WORKDIR /build
COPY requirements/uv.txt requirements/run.txt requirements/
COPY deploy/sbom.py .
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements/uv.txt \
 && VIRTUAL_ENV=/venv /venv/bin/uv pip install --no-cache --require-hashes --only-binary :all: -r requirements/run.txt \
 && python sbom.py requirements/run.txt > sbom.json

FROM python:3.11.14-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 stars \
 && useradd --system --uid 10001 --gid 10001 --home-dir /srv/stars --shell /usr/sbin/nologin stars \
 && install -d -o stars -g stars /srv/media /srv/security-log
WORKDIR /srv/stars
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STARS_VAR=/srv/stars/var STARS_MEDIA_ROOT=/srv/media
COPY --from=build /venv /venv
# What .dockerignore leaves: the apps, their templates, static files and words.
COPY . .
COPY --from=build /build/sbom.json .
# The demo is not among them (architecture.md 2). Static files are collected here, so that the image runs read-only;
# the values below seal nothing and are not in the image's environment.
RUN SECRET_KEY=only-for-collecting-static-files-at-build STARS_FIELD_KEYS=b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    STARS_INDEX_KEY=for-nothing-but-collecting-static-files-1 STARS_AUDIT_KEY=for-nothing-but-collecting-static-files-2 \
    DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost/0 DJANGO_SETTINGS_MODULE=stars.settings.base \
    python manage.py collectstatic --noinput -v0 \
 && python -m compileall -q .
ENV DJANGO_SETTINGS_MODULE=stars.settings.production
USER stars
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=2s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=1)"]
CMD ["gunicorn", "stars.wsgi:application", "--config", "deploy/gunicorn.py"]
