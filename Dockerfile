# One image for web, worker, beat and migrate; docker-compose.yml says which. No secret is in it.

FROM node:24-slim AS browser
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --loglevel=error

FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/base.txt /requirements.txt
RUN pip install --require-hashes -r /requirements.txt
WORKDIR /app
COPY . .
COPY --from=browser /src/node_modules node_modules
RUN python -m ops.assets && rm -rf node_modules && python -m ops collect && python -m compileall -q .

FROM python:3.11-slim
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin attain
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PLAIN_STATIC=0 LOG_FORMAT=json
WORKDIR /app
USER attain
EXPOSE 8000
CMD ["python", "-m", "ops", "web"]
