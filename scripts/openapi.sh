#!/usr/bin/env bash
# Checks the OpenAPI document against its standard, against the routes of the HTTP contract, and against what the running
# service answers to generated requests. EXAMPLES and SECONDS_MAX bound the last part.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-$PWD/target}
tools=$target/openapi
python=$tools/venv/bin/python
if [[ ! -x $tools/venv/bin/schemathesis ]]; then
    python3 -m venv "$tools/venv"
    "$python" -m pip install --quiet --disable-pip-version-check openapi-spec-validator==0.9.0 schemathesis==4.32.5
fi
cargo build --quiet --package rowlock
rowlock=$target/debug/rowlock

work=$(mktemp -d)
service=
finish() {
    if [[ -n $service ]]; then
        kill -TERM "$service" 2>/dev/null && wait "$service" || true
    fi
    rm -rf "$work"
}
trap finish EXIT

export ROWLOCK_DATA_DIR=$work/data ROWLOCK_LISTEN=127.0.0.1:0 JWT_SECRET=0123456789abcdef0123456789abcdef
export ROWLOCK_RATE_LIMIT=0 ROWLOCK_LOGIN_RATE_LIMIT=0 ROWLOCK_PAYMENT_TIMEOUT_MS=1000 ROWLOCK_LOG_FILTER=warn
"$rowlock" serve --demo >"$work/out" 2>"$work/err" &
service=$!
for _ in $(seq 300); do
    grep -q '^try it:' "$work/out" && break
    kill -0 "$service" 2>/dev/null || { cat "$work/err" >&2; exit 1; }
    sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$work/out")
[[ -n $url ]] || { echo "the service did not say within 30 s where it listens" >&2; exit 1; }
key=$("$rowlock" apikey create --name openapi)

# An admin may do what buyers and sellers may; nobody can register as one, so the token is signed here.
token=$("$python" - "$url" <<'PY'
import base64, hashlib, hmac, json, os, sys, urllib.request
login = json.dumps({"email": "seller@example.org", "password": "rowlock-demo"}).encode()
request = urllib.request.Request(f"{sys.argv[1]}/api/user/login", login, {"Content-Type": "application/json"})
token = json.load(urllib.request.urlopen(request, timeout=30))["access_token"]
head, claims, _ = token.split(".")
claims = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))) | {"role": "admin"}
coded = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode()
signed = f"{head}.{coded(json.dumps(claims).encode())}"
print(f"{signed}.{coded(hmac.digest(os.environ['JWT_SECRET'].encode(), signed.encode(), hashlib.sha256))}")
PY
)

"$python" - "$url" "$work/openapi.json" api/tests/routes.txt <<'PY'
import json, sys, urllib.request
from openapi_spec_validator import OpenAPIV31SpecValidator
url, copy, routes = sys.argv[1:]
document = json.load(urllib.request.urlopen(f"{url}/openapi.json", timeout=30))
if not document["openapi"].startswith("3.1."):
    sys.exit(f"the document is of OpenAPI {document['openapi']}, not 3.1")
OpenAPIV31SpecValidator(document).validate()
found = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item if method != "parameters"}
expected = set(open(routes).read().splitlines())
if found != expected:
    sys.exit(f"only in the document: {sorted(found - expected)}\nonly in {routes}: {sorted(expected - found)}")
json.dump(document, open(copy, "w"))
print(f"{len(found)} routes, as the contract lists them, in a valid document")
PY

# Streams never end, so that no answer of theirs is ever whole; api/tests/streams.rs reads them.
cd "$work"
"$tools/venv/bin/schemathesis" run "$work/openapi.json" --url "$url" --exclude-path-regex '/stream$' \
    --header "Authorization: Bearer $token" --header "X-Api-Key: $key" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,negative_data_rejection,unsupported_method,allow_header_conformance,use_after_free \
    --phases examples,coverage,fuzzing --max-examples "${EXAMPLES:-15}" --max-time "${SECONDS_MAX:-120}" --max-failures "${FAILURES_MAX:-20}" \
    --continue-on-failure --request-timeout 20 --seed "${SEED:-1}" --warnings off
kill -0 "$service" || { echo "the service ended" >&2; cat "$work/err" >&2; exit 1; }
