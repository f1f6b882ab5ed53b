# sevis-sim in a container: clients on 8443, everything it remembers in /data.
#
#   docker build -t sevis-sim .
#   docker run --rm --name sevis -p 8443:8443 -v "$PWD/sevis-data:/data" sevis-sim
#   docker exec sevis sevis-sim clock advance next-business-day
#
# Certificates and sevis-sim.env appear in ./sevis-data. The controls listen inside the container only; to reach them
# from outside set a token: -e SEVIS_SIM_CONTROL_TOKEN=... -e SEVIS_SIM_CONTROL_HOST=0.0.0.0 -p 8444:8444
FROM python:3.11-slim AS build
COPY . /src
RUN pip wheel --no-cache-dir --wheel-dir /wheels /src

FROM python:3.11-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels sevis-sim \
    && useradd --create-home sevis && install -d -o sevis /data
USER sevis
VOLUME /data
EXPOSE 8443 8444
HEALTHCHECK --interval=10s --start-period=5s CMD ["sevis-sim", "ready"]
ENTRYPOINT ["sevis-sim"]
CMD ["serve", "--data", "/data", "--host", "0.0.0.0"]
