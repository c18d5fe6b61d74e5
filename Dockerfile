# Two stages: build a static binary, and ship it with nothing else. No shell, no package, no root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X main.version=${VERSION}" -o /fortnight ./cmd/fortnight

FROM scratch
# Zones and fonts are inside the program; the roots of trust for SMTP and PostgreSQL over TLS are not.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/LICENSE /src/NOTICE /src/charts/fonts/*-OFL.txt /
COPY --from=build /fortnight /fortnight
USER 65532:65532
EXPOSE 8025
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/fortnight", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/fortnight"]
CMD ["serve"]
