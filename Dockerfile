# Production: no embedded servers, so DATABASE_URL, REDIS_URL and UNIPILE_DSN are required.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 HOST=0.0.0.0
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY config.toml run.py worker.py ./
COPY server server
COPY workers workers
COPY migrations migrations
COPY static static

# Files beside the database (media, unless they are in a bucket) belong to the process.
RUN useradd --system confab && install -d -o confab var/media
USER confab

EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["python", "run.py"]
