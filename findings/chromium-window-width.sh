#!/usr/bin/env bash
# One would guess that `chromium --headless --window-size=390,844` shows a page on a screen of 390 pixels. A window of headless Chromium 156
# is at least 500 pixels wide, without a word: a page that is checked this way "at 390 pixels" is checked at 500. A screenshot has 390
# pixels of the 500, so that the page looks cut off.
# The DevTools protocol's Emulation.setDeviceMetricsOverride gives a page 390 pixels, and a frame of that width does. Our browser test uses
# the protocol, and asserts the width that the page sees.
# Needs Debian's chromium (apt-get install chromium).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > page.html <<'END'
<!DOCTYPE html><html><body style="margin: 0"><p></p><script>
document.querySelector('p').textContent = `seen=${innerWidth};`;
</script></body></html>
END
cat > frame.html <<'END'
<!DOCTYPE html><html><body><p></p><iframe width="390" srcdoc="<p>"></iframe><script>
document.querySelector('p').textContent = `seen=${document.querySelector('iframe').contentWindow.innerWidth};`;
</script></body></html>
END
seen() { # WIDTH FILE
  chromium --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" --window-size="$1,844" --dump-dom "file://$PWD/$2" \
    2> /dev/null | sed -n 's/.*<p>seen=\([0-9]*\);.*/\1/p'
}
echo "$(chromium --version 2> /dev/null). Guess: a page sees the width that is asked for."
as_told=0
check() { # WIDTH FILE TOLD
  local width
  width=$(seen "$1" "$2")
  echo "window of $1, $2: $width"
  [ "$width" = "$3" ] || as_told=1
}
check 390 page.html 500
check 499 page.html 500
check 600 page.html 600
check 390 frame.html 390
exit $as_told
