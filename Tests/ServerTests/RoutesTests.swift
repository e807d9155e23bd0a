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
  private func failure(_ words: [String]) -> String? {
    do throws(Options.UsageError) {
      _ = try Options(words)
      return nil
    } catch {
      return error.message
    }
  }

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
    #expect(failure(["--modle", "m"]) == "unknown option --modle; did you mean --model?")
    #expect(failure(["--model"]) == "--model needs a value")
    #expect(failure(["--max-tokens", "0"])?.contains("whole number") == true)
    #expect(failure(["--framing", "xml"])?.contains("auto, lines, headers") == true)
    #expect(failure(["--json=yes"]) == "--json takes no value")
    #expect(failure(["--stdio", "hi"]) != nil)
    #expect(failure(["call"]) != nil)
  }
}
