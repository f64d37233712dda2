# referd and its load tool in one small image: `docker build -t referd .`, `docker run -p 8080:8080 referd`.
FROM debian:bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
	gcc libc6-dev make pkg-config \
	libevent-dev libssl-dev liblmdb-dev libjson-c-dev libidn2-dev libqrencode-dev libpq-dev \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
RUN make

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
	ca-certificates libevent-core-2.1-7 libevent-extra-2.1-7 libevent-openssl-2.1-7 \
	libssl3 liblmdb0 libjson-c5 libidn2-0 libqrencode4 libpq5 \
	&& rm -rf /var/lib/apt/lists/*
# The security update fixes eight CVEs in the library that sends the webhooks, so the image requires it.
RUN for package in core extra openssl; do \
		version=$(dpkg-query -W -f '${Version}' "libevent-$package-2.1-7") && \
		dpkg --compare-versions "$version" ge 2.1.12-stable-8+deb12u1 || \
		{ echo "libevent-$package $version lacks the security upload" >&2; exit 1; }; \
	done
# A fixed uid, so that the owner of a volume is known outside the container too.
RUN groupadd --gid 10001 referd \
	&& useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data \
		--shell /usr/sbin/nologin referd \
	&& install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /build/build/release/referd /build/build/release/referd-bench /usr/local/bin/
COPY LICENSE /usr/share/doc/referd/LICENSE
# Running both programs shows that no library is missing.
RUN referd version && referd-bench help > /dev/null

USER 10001:10001
ENV REFERD_LISTEN=0.0.0.0:8080 REFERD_DATA=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["referd", "check"]
ENTRYPOINT ["referd"]
CMD ["serve"]
