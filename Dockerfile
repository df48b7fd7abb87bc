# Three images: web and actions (Python 3.12), worker (Python 3.10 with Rasa). docker-compose.yml builds and joins them.
#   docker build --target web .
# Packages are installed and the model is trained in stages of their own; what only they need stays behind there.

# --- Python packages, exactly those of requirements/*.txt, checked by their hashes
FROM python:3.12-slim AS app-packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/app.txt /tmp/requirements.txt
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --require-hashes --requirement /tmp/requirements.txt

FROM python:3.10-slim AS worker-packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements/rasa.txt /tmp/requirements.txt
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --require-hashes --requirement /tmp/requirements.txt

# --- The model: trained here, so that an image and its model always belong together
FROM worker-packages AS model
ENV RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv
COPY bot/__init__.py bot/errors.py bot/facets.py bot/language.py bot/phrases.py bot/
COPY bot/text bot/text
COPY bot/nlu bot/nlu
COPY config.yml domain.yml ./
COPY data/nlu data/nlu
COPY data/rules data/rules
COPY responses responses
COPY locales locales
RUN /opt/venv/bin/python -m rasa train --quiet --fixed-model-name stadtlotse --out models
# Rasa asks for TensorFlow, the worker never loads it (bot/nlu/deviations/unused.py): 1.8 GB less to carry around.
RUN pip --python /opt/venv/bin/python uninstall --yes jax jaxlib keras libclang ml-dtypes tensorboard \
    tensorboard-data-server tensorflow tensorflow-cpu-aws tensorflow-estimator tensorflow-hub \
    tensorflow-io-gcs-filesystem tensorflow-text

# --- The images that run
FROM python:3.12-slim AS app
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin stadtlotse
COPY --from=app-packages /opt/venv /opt/venv
WORKDIR /srv
COPY migrations migrations
COPY locales locales
COPY responses responses
COPY data/export data/export
COPY data/import data/import
COPY data/search data/search
COPY data/thesaurus data/thesaurus
COPY data/catalogue data/catalogue
COPY widget widget
COPY bot bot
COPY actions actions
# Learned once, here; otherwise every container would do it at its start.
RUN python -c "from pathlib import Path; from bot.catalogue.concepts.store import concept_model; concept_model(Path('models'))"
USER 10001:10001

FROM app AS actions
EXPOSE 5055
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5055/health', timeout=4)"]
CMD ["python", "-m", "actions", "--host", "0.0.0.0"]

FROM app AS web
ENV STADTLOTSE_HOST=0.0.0.0
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
CMD ["python", "-m", "bot.web"]

FROM python:3.10-slim AS worker
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin stadtlotse
WORKDIR /srv
COPY --from=model /opt/venv /opt/venv
COPY --from=model /srv/bot bot
COPY --from=model /srv/locales locales
COPY --from=model /srv/models models
USER 10001:10001
EXPOSE 5005
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5005/health', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot.nlu.worker", "--model", "models/stadtlotse.tar.gz", "--host", "0.0.0.0"]
