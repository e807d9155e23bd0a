import OperatingSystem
import Protocol
import Server
import Testing

@Suite struct `The routes` {
  @Test func `are those of the catalog, no more and no less`() throws {
    let program = Program(
      options: try Options([]), surroundings: Surroundings.system, control: try #require(ControlPipe()),
      output: .standardError)
    let catalog = Catalog.clientRequests.map { $0.method } + Catalog.clientNotifications.map { $0.method }
    #expect(try program.routedMethods() == Set(catalog))
  }
}

@Suite struct `The command line` {
  @Test func `tells its uses apart`() throws {
    #expect(try Options([]).mode == .unsaid)
    #expect(try Options(["--stdio"]).mode == .serve)
    #expect(try Options(["two", "words"]).mode == .ask(prompt: "two words", readsInput: false))
    #expect(try Options(["review", "-"]).mode == .ask(prompt: "review", readsInput: true))
    #expect(try Options(["--", "--stdio"]).mode == .ask(prompt: "--stdio", readsInput: false))
    #expect(try Options(["call", "server/ping", "{}"]).mode == .call(method: "server/ping", params: "{}"))
    #expect(try Options(["call", "server/ping", "-"]).mode == .call(method: "server/ping", params: "-"))
    #expect(try Options(["--help"]).mode == .help)
    let options = try Options(["--model=m", "--max-tokens", "5", "hi", "--json"])
    #expect(options.model == "m" && options.maxTokens == 5 && options.json)
  }

  @Test func `says what is wrong and what was meant`() {
    #expect(Options.failure(["--modle", "m"]) == "unknown option --modle; did you mean --model?")
    #expect(Options.failure(["--model"]) == "--model needs a value")
    #expect(Options.failure(["--max-tokens", "0"])?.contains("whole number") == true)
    #expect(Options.failure(["--framing", "xml"])?.contains("auto, lines, headers") == true)
    #expect(Options.failure(["--json=yes"]) == "--json takes no value")
    #expect(Options.failure(["--stdio", "hi"]) != nil)
    #expect(Options.failure(["call"]) != nil)
  }

  @Test func `timeouts and effort are options, checked for sense by the names of their options`() throws {
    let options = try Options([
      "--effort", "xhigh", "--stall-notice-ms=0", "--idle-timeout-ms", "20000", "--content-timeout-ms=20000",
      "--call-timeout-ms", "60000", "--retries", "0", "hi",
    ])
    #expect(options.effort == .xhigh)
    var timeouts = TimeoutOptions()
    (timeouts.stallNoticeMs, timeouts.idleMs, timeouts.contentMs) = (0, 20_000, 20_000)
    (timeouts.callMs, timeouts.retries) = (60_000, 0)
    #expect(options.timeouts == timeouts)
    for (arguments, reason) in [
      (["--idle-timeout-ms", "300"], "--idle-timeout-ms must be at least 1000"),
      (["--retries", "99"], "--retries must be at least 0 and at most 10; it is 99"),
      (
        ["--content-timeout-ms", "2000", "--idle-timeout-ms", "3000"],
        "--content-timeout-ms (2000) must not be less than --idle-timeout-ms (3000)"
      ),
      (["--effort", "huge"], "--effort is one of low, medium, high, xhigh, max; 'huge' is not"),
    ] {
      let error = #expect(throws: Options.UsageError.self) { try Options(arguments) }
      #expect(error?.message.hasPrefix(reason) == true, "\(error?.message ?? "")")
    }
  }
}
