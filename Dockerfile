# sevis-sim in a container: clients on 8443, everything it remembers in /data.
#
#   docker build -t sevis-sim .
#   docker run --rm --name sevis -p 8443:8443 -v sevis-data:/data sevis-sim
#   docker exec sevis sevis-sim clock advance next-business-day
#
# To have certificates and sevis-sim.env in a folder of yours, make it and run as yourself:
#
#   mkdir sevis-data
#   docker run --rm --name sevis -p 8443:8443 --user "$(id -u):$(id -g)" -v "$PWD/sevis-data:/data" sevis-sim
#
# The controls listen inside the container only; to reach them from outside set a token:
#   -e SEVIS_SIM_CONTROL_TOKEN=... -e SEVIS_SIM_CONTROL_HOST=0.0.0.0 -p 8444:8444
# Clients in other containers call it by its name there: -e SEVIS_SIM_SERVER_NAMES=sevis. All settings: docs/ci.md.
#
# Every step is tried without an engine, in a plain virtual environment, by .ci/try_dockerfile.py.
FROM python:3.11-slim AS build
ARG EXTRAS=""
COPY pyproject.toml README.md /src/
COPY schemas /src/schemas
COPY certs /src/certs
COPY scenarios /src/scenarios
COPY udir_sim /src/udir_sim
COPY sevis_sim /src/sevis_sim
RUN pip wheel --no-cache-dir --wheel-dir /wheels "/src${EXTRAS}"

FROM python:3.11-slim
ARG EXTRAS=""
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "sevis-sim${EXTRAS}"
# A number, so that Kubernetes can see that it is not root; group 0 for platforms that choose the user themselves.
RUN useradd --uid 10001 --create-home sevis && install -d -o 10001 -g 0 -m 0770 /data
USER 10001
VOLUME /data
EXPOSE 8443 8444
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --start-interval=1s CMD ["sevis-sim", "ready"]
ENTRYPOINT ["sevis-sim"]
CMD ["serve", "--data", "/data", "--host", "0.0.0.0"]
