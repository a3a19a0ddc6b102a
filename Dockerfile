# syntax=docker/dockerfile:1
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/kabinet ./cmd/api && mkdir /out/data

# Only the program, the certificates of authorities and the time zones; no shell.
FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/kabinet /kabinet
COPY --from=build --chown=65532:65532 /out/data /data
ENV KABINET_ENV=production \
    KABINET_ADDR=0.0.0.0:8080 \
    KABINET_ADMIN_ADDR=0.0.0.0:8081 \
    KABINET_DATA_DIR=/data
USER nonroot
EXPOSE 8080 8081
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["/kabinet", "healthcheck"]
ENTRYPOINT ["/kabinet"]
