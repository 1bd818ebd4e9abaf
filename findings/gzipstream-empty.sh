#!/usr/bin/env bash
# One would guess that a gzip stream to which nothing is written is a valid gzip file of no bytes, as `gzip </dev/null` makes one (20
# bytes). .NET's GZipStream (seen with 10.0) writes not even a header: the file has 0 bytes, and `gzip -t` calls it an unexpected end of
# file. .NET itself reads it back as empty, so a round trip within .NET does not show it. ZLibStream does the same; BrotliStream writes a
# byte. An empty market saved this way stops a pipeline with zcat. We write no gzip files.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > finding.cs <<'END'
#:property PublishAot=false
#:property InvariantGlobalization=true
using System.IO.Compression;

using (var file = File.Create("empty.gz"))
using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
    gzip.Write([]);
using (var gzip = new GZipStream(File.OpenRead("empty.gz"), CompressionMode.Decompress))
    Console.WriteLine($".NET {Environment.Version}: GZipStream reads back {gzip.Read(new byte[1])} bytes of what it wrote");
long length = new FileInfo("empty.gz").Length;
Console.WriteLine($"the file has {length} bytes");
return length == 0 ? 0 : 1;
END
XDG_DATA_HOME=$folder dotnet run finding.cs
echo "gzip writes $(gzip </dev/null | wc -c) bytes for no input"
status=0
gzip -t empty.gz || status=$?
echo "gzip -t of the file from .NET: guess 0, seen $status"
test "$status" -ne 0
