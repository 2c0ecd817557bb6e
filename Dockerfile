# Production: no embedded servers, so DATABASE_URL, REDIS_URL and UNIPILE_DSN are required.
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE}

# Nothing is written beside the code when it runs: the root file system may be read-only.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --compile --require-hashes -r requirements.txt

COPY config.toml run.py worker.py ./
COPY server server
COPY workers workers
COPY migrations migrations
COPY static static
# Not compared with the sources at each start, which do not change in an image.
RUN python -m compileall -q --invalidation-mode unchecked-hash run.py worker.py server workers

# What belongs to the process: media, unless they are in a bucket, and backups in a volume. New volumes get this owner.
RUN useradd --system --uid 999 confab && install -d -o confab var/media /backups
USER 999

EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["python", "run.py"]
