# syntax=docker/dockerfile:1
# The `divla` command with the default bundle, on ONNX Runtime's CPU provider.
# Build from the repository's root: docker build -f deploy/cpu.Dockerfile -t divla-control:cpu .

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.nuget/packages \
    dotnet publish src/DiVLA.Control.Cli -c Release -o /app --use-current-runtime --no-self-contained -p:OnnxRuntime=Cpu

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
COPY models models
COPY LICENSE .
# The root file system may be read-only: nothing is written outside /tmp and /state.
ENV DOTNET_EnableDiagnostics=0 \
    DOTNET_CLI_TELEMETRY_OPTOUT=1
# Records and the audit log; the rest of the file system may be read-only.
RUN install -d -o $APP_UID /state
ENV STATE_DIRECTORY=/state
VOLUME /state
USER $APP_UID
EXPOSE 5082 5083
# Where the service asks for TLS: DIVLA_SERVER and DIVLA_CA_FILE say where and whom to trust. The probe itself needs no credential.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["dotnet", "divla.dll", "health"]
# SIGINT and SIGTERM both end sessions in good order: arms decelerate and hold.
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "divla.dll"]
CMD ["serve"]
