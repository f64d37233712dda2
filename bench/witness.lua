-- Owns the requests of the witness: each joins with an address of its own. Never reads a response.
-- Called by wrk, which witness.sh starts; LINK names the path of the link.
local seq, start = 0, tostring(os.time())

function request()
	seq = seq + 1
	local body = "first_name=Ann&email=ann.smith." .. start .. "." .. seq .. "%40mail.example.com"
	return wrk.format("POST", os.getenv("LINK"), {["Content-Type"] = "application/x-www-form-urlencoded"}, body)
end
