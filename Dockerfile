# Production: no embedded servers, so DATABASE_URL, REDIS_URL and UNIPILE_DSN have to be set.
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

RUN useradd --system confab
USER confab

EXPOSE 8080
STOPSIGNAL SIGTERM
CMD ["python", "run.py"]
