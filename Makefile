# Each target does its own set-up; a machine with the .NET SDK (and, for test and bench, root or the
# tools of scripts/install-test-tools.sh) is enough.
.PHONY: help run run-https test clients simulate soak mutants bench siege micro tls vpp-load check build image \
  image-rootfs manifests clean

help:
	@echo "make run     start demo upstreams and a router for examples/quickstart"
	@echo "make run-https  the same for examples/https, with an authority made on the spot"
	@echo "make test    build, then run every test; the last line sums up"
	@echo "make clients compare real clients and servers with and without a router between them"
	@echo "make simulate SEED=n   repeat one seed of the simulation, with its trace"
	@echo "make soak    play fresh seeds of the simulation; SECONDS=600"
	@echo "make mutants plant mistakes in the worker's stages; ARGS=\"Balancing\" for some"
	@echo "make bench   measure beside nginx and HAProxy"
	@echo "make siege   see whether strangers are answered beside thousands of slow and hostile peers"
	@echo "make vpp-load  measure the VPP gateway before a simulated VPP"
	@echo "make tls     the long proofs of TLS: 10,000 swaps of certificates, testssl.sh, faults at every byte"
	@echo "make micro   measure the parts: parsing, lookup, header edits, compiling"
	@echo "make check   formatting and house rules"
	@echo "make build   publish out/serval; RID=linux-arm64 for another machine"
	@echo "make deb     pack out/serval as a Debian package; make test-deb tries it in a chroot"
	@echo "make tarball pack out/serval with manual pages and completions"
	@echo "make image   build localhost/serval with docker or buildah; RID=linux-arm64 for another machine"
	@echo "make image-rootfs  its root file system and an OCI layout, without a daemon"
	@echo "make manifests  render the plain manifests and the seccomp profile anew"
	@echo "make clean   remove everything that was built"

run: build
	@scripts/run-quickstart.sh

run-https: build
	@scripts/run-https.sh

test:
	@scripts/test.sh

clients:
	@scripts/install-clients.sh
	@scripts/build.sh
	@SERVAL_PROGRAM="$(CURDIR)/out/serval" SERVAL_CLIENTS_ALL=1 dotnet test tests/Serval.Integration.Tests \
		-c Release --filter FullyQualifiedName~Clients -v q --nologo -l "console;verbosity=normal"

simulate:
	@SERVAL_SEED=$(SEED) dotnet test tests/Serval.Simulation.Tests --filter One_seed -v q --nologo \
		-l "console;verbosity=detailed"

soak:
	@SERVAL_SOAK_SECONDS=$(or $(SECONDS),600) dotnet test tests/Serval.Simulation.Tests -c Release \
		--filter Fresh_seeds -v q --nologo -l "console;verbosity=detailed"

mutants:
	@scripts/mutants.sh $(ARGS)

bench:
	@scripts/install-test-tools.sh
	@bench/run.sh $(ARGS)

siege:
	@scripts/install-test-tools.sh
	@bench/siege.sh $(ARGS)

vpp-load: build
	@SERVAL_VPP_LOAD=1 SERVAL_PROGRAM="$$PWD/out/serval" dotnet test tests/Serval.VppBridge.Tests -c Release \
		--filter Figures -v q --nologo -l "console;verbosity=detailed"

tls:
	@scripts/install-test-tools.sh
	@SERVAL_TLS_SWAPS=10000 SERVAL_TLS_LONG=1 dotnet test tests/Serval.DataPlane.Tests -c Release \
	  --nologo --filter "FullyQualifiedName~Tls" --logger "console;verbosity=normal"
	@SERVAL_TLS_LONG=1 dotnet test tests/Serval.Simulation.Tests -c Release --nologo \
	  --filter "FullyQualifiedName~Tls" --logger "console;verbosity=normal"

micro:
	@dotnet build bench/Serval.Bench.Micro -c Release -v q --nologo -clp:NoSummary
	@dotnet bench/Serval.Bench.Micro/bin/Release/net10.0/Serval.Bench.Micro.dll $(ARGS)

check:
	@dotnet build Serval.sln -c Release -v q --nologo -clp:NoSummary
	@dotnet format whitespace Serval.sln --no-restore --verify-no-changes
	@dotnet test tests/Serval.House.Tests -c Release --no-build -v q --nologo

build:
	@RID=$(RID) INSTRUCTION_SET=$(INSTRUCTION_SET) scripts/build.sh

deb: build
	@scripts/package.sh deb

tarball: build
	@scripts/package.sh tarball

test-deb: build
	@scripts/test-deb.sh

image: image-rootfs
	@RID=$(RID) deploy/images/build.sh

image-rootfs:
	@RID=$(RID) scripts/build.sh
	@RID=$(RID) deploy/images/rootfs.sh

manifests:
	@deploy/kubernetes/render.sh
	@deploy/seccomp/generate.sh

clean:
	@rm -rf out
	@find src tests bench -depth -type d \( -name bin -o -name obj \) -exec rm -rf {} +
