#!/usr/bin/env bash
# One would guess that a program with ILGPU finds the OpenCL devices of a Linux machine on which an OpenCL driver is installed.
# ILGPU 1.5.3 loads libOpenCL.so, which only development packages have (Debian: ocl-icd-opencl-dev). Drivers come with libOpenCL.so.1
# (Debian: ocl-icd-libopencl1), which it does not look for. There is no error: the list of devices lacks them.
# A user of any program with ILGPU must install the development package. Ours maps the name to libOpenCL.so.1.
# Needs Linux with glibc, whose loader lists the names that it is asked for. No driver is needed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:package ILGPU@1.5.3
#:property PublishAot=false
#:property InvariantGlobalization=true
using ILGPU;
using ILGPU.Runtime.OpenCL;

using Context context = Context.Create(builder => builder.OpenCL(_ => true));
Console.WriteLine($"ILGPU {typeof(Context).Assembly.GetName().Version}: OpenCL devices: {context.GetCLDevices().Count}");
END
XDG_DATA_HOME=$folder dotnet build -c Release finding.cs -o built --nologo -v quiet
LD_DEBUG=libs dotnet built/finding.dll 2> log
names=$(sed -n 's/.*find library=\([^ ]*OpenCL[^ ]*\) .*/\1/p' log | sort -u)
echo "names asked for:" $names
grep -qx 'libOpenCL.so' <<< "$names" && ! grep -qx 'libOpenCL.so.1' <<< "$names"
