-- A wrk script: POSTs the bodies of a file in turn, one after the other.
-- Arguments: the file that Bodies.java wrote, and the content type.

local requests = {}
local next_request = 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  while true do
    local line = file:read("*l")
    if not line then break end
    -- length of the body, length of its JSON part or -1
    local length, json = line:match("^(%d+) (-?%d+)$")
    local headers = { ["Content-Type"] = args[2] }
    if tonumber(json) >= 0 then
      headers["Inference-Header-Content-Length"] = json
    end
    requests[#requests + 1] = wrk.format("POST", nil, headers, file:read(tonumber(length)))
    file:read(1)
  end
  file:close()
  assert(#requests > 0, "no bodies in the file")
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    "RESULT requests=%d micros=%d p50=%d p99=%d max=%d connect=%d read=%d write=%d timeout=%d status=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    e.connect, e.read, e.write, e.timeout, e.status))
end
