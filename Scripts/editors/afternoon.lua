-- An afternoon with Neovim's own JSON-RPC client: every method that the server has, once at least, with nil and null where they may
-- stand, and answers to what the server asks. Ends with a line that begins with "afternoon:".
local null, answered, failures, ended = vim.NIL, {}, {}, nil
local function fail(...) table.insert(failures, table.concat({ ... }, " ")) end

local dispatchers = {
  notification = function() end,
  server_request = function(method)
    answered[method] = true
    if method == "tool/call" then return { content = "picked", isError = null }, nil end
    if method == "permission/request" then return { optionId = "allowOnce", updatedInput = null }, nil end
    return null, nil
  end,
  on_exit = function(code) ended = code end,
  on_error = function(code, err) fail("the client says", tostring(code), vim.inspect(err)) end,
}
local start = vim.lsp.rpc.start
local rpc = vim.fn.has("nvim-0.11") == 1 and start({ "wyn360" }, dispatchers) or start("wyn360", {}, dispatchers)

-- Asks; `may` is a code of an error that is as good as a result.
local function ask(method, params, may)
  local done, err, result = false, nil, nil
  rpc.request(method, params, function(e, r) done, err, result = true, e, r end)
  if not vim.wait(20000, function() return done end, 5) then fail(method, "is not answered") return end
  answered[method] = true
  if err and err.code ~= may then fail(method, vim.inspect(err)) end
  return result
end

ask("initialize", { processId = null, clientInfo = null, rootUri = null, trace = null, initializationOptions = {},
  capabilities = { permission = true, tools = true, credentials = true, optOut = {} } })
rpc.notify("initialized", nil)
rpc.notify("$/setTrace", { value = "messages" })
rpc.notify("$/setTrace", { value = "off" })
rpc.notify("$/cancelRequest", { id = 4711 })
rpc.notify("$/cancel_request", { requestId = "none" })
for _, method in ipairs({ "server/ping", "server/stats", "server/describe", "auth/status", "auth/refresh", "models/list", "tools/list",
  "permission/rules", "config/get", "session/list", "session/new" }) do
  for _, params in ipairs({ "nil", null, {}, vim.empty_dict() }) do ask(method, params ~= "nil" and params or nil) end
end
local methods = vim.tbl_keys(ask("server/describe", { method = null }).requests)
ask("server/ping", { payload = null })
ask("auth/login", { provider = "anthropic", method = "apiKey", values = { apiKey = "test-key-000000", region = null } })
ask("auth/logout", { provider = null })
ask("agent/switchModel", { model = "sonnet", sessionId = null, provider = null })
ask("tools/register", { tools = { { name = "pick", description = "Picks.", inputSchema = { type = "object", properties = vim.empty_dict() } } } })
local session = ask("session/new", { title = null, cwd = vim.fn.getcwd(), maxTokens = null, budget = null }).sessionId
ask("session/setOptions", { sessionId = session, options = { title = "Afternoon", thinking = null } })
ask("session/rename", { sessionId = session, title = "Late afternoon" })
local run = ask("agent/run", { sessionId = session, prompt = "write a script to analyze data.csv", tools = null, thinking = null, maxTurns = null, stream = null })
if not run or run.stopReason ~= "endTurn" or run.text == "" then fail("the run ended with", vim.inspect(run)) end
ask("agent/wait", { runId = run and run.runId or "none" })
ask("agent/steer", { sessionId = session, prompt = "too late", expectedRunId = null })
ask("agent/cancel", { sessionId = session, runId = null })
ask("config/trust", { path = "/nowhere", hash = "0", sessionId = null, cwd = null, keep = null }, -32602)
ask("agent/retry", { sessionId = session, prompt = null, files = null, model = null })
ask("session/changes", { sessionId = session, runId = null, cursor = null })
ask("skills/list", { sessionId = session })
ask("session/get", { sessionId = session })
ask("session/context", { sessionId = session })
ask("session/history", { sessionId = session, after = null, limit = null })
ask("session/events", { sessionId = session, after = 0, limit = 5 })
local document = ask("session/export", { sessionId = session }).document
ask("session/import", { document = document })
local fork = ask("session/fork", { sessionId = session, exchanges = null, title = null })
ask("session/compact", { sessionId = session }, -32803)
ask("mcp/list", { sessionId = session })
ask("mcp/restart", { sessionId = session, name = "none" }, -32602)
ask("session/rewind", { sessionId = fork and fork.sessionId or session, exchanges = 0, runId = null })
ask("session/load", { sessionId = session, after = null, limit = 1 })
ask("session/delete", { sessionId = fork and fork.sessionId or session })
ask("session/close", { sessionId = session })
ask("tools/unregister", { names = null })
ask("session/get", { sessionId = session }, -32803)
ask("no/such", nil, -32601)
ask("shutdown", null)
rpc.notify("exit", null)
vim.wait(5000, function() return ended ~= nil end, 5)
if ended ~= 0 then fail("the exit status is", tostring(ended)) end
for _, method in ipairs(methods) do
  local asked_by_server = method == "auth/credentials" or method == "tool/call" or method == "permission/request" or method == "question/ask"
    or method == "diagnostics/request"
  if not asked_by_server and not answered[method] then fail(method, "was not tried") end
end
for _, failure in ipairs(failures) do print(failure) end
print("\nafternoon: " .. (#failures == 0 and "all answered" or #failures .. " failed"))
