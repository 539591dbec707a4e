# syntax=docker/dockerfile:1
# The `divla` command on ONNX Runtime's CUDA provider. Needs the NVIDIA container toolkit on the host.
# Build from the repository's root: docker build -f deploy/cuda.Dockerfile -t divla-control:cuda .

# CUDA and cuDNN must have the major versions that the Microsoft.ML.OnnxRuntime.Gpu package was built with: CUDA 13, cuDNN 9.
ARG CUDA_IMAGE=nvidia/cuda:13.0.1-cudnn-runtime-ubuntu24.04

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/DiVLA.Control.Cli -c Release -o /app --use-current-runtime --no-self-contained -p:OnnxRuntime=Gpu

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime

FROM ${CUDA_IMAGE}
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3t64 libstdc++6 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=runtime /usr/share/dotnet /usr/share/dotnet
RUN ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet && useradd --uid 1654 --no-create-home --shell /usr/sbin/nologin app
WORKDIR /app
COPY --from=build /app .
COPY models models
COPY LICENSE .
# The root file system may be read-only: nothing is written outside /tmp and /state.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_CLI_TELEMETRY_OPTOUT=1 \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
# Records and the audit log; the rest of the file system may be read-only.
RUN install -d -o 1654 /state
ENV STATE_DIRECTORY=/state
VOLUME /state
USER 1654
EXPOSE 5082 5083
# Where the service asks for TLS: DIVLA_SERVER and DIVLA_CA_FILE say where and whom to trust. The probe itself needs no credential.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["dotnet", "divla.dll", "health"]
# SIGINT and SIGTERM both end sessions in good order: arms decelerate and hold.
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "divla.dll"]
CMD ["serve", "--provider", "cuda"]
