import Foundation
import Server
import TestSupport
import Testing

/// The table of options, each held against all that the parser, the help, the manual and completions make of it.
@Suite struct `Every option` {
  static let valued = OptionTable.all.filter { $0.shape != .none }
  static let names = OptionTable.all.map(\.name)

  /// Words behind an option that make a use of it.
  private static func words(of option: Option) -> [String] {
    option.uses.contains(.ask) ? ["hi"] : option.uses.contains(.doctor) ? ["doctor"] : []
  }

  /// A value that the option takes.
  private static func value(of option: Option) throws -> String {
    let tried =
      if case .words(let words) = option.shape { words } else {
        ["2", "2000", "2000000", "deny:read_file", "p", "30d", "1GB"]
      }
    return try #require(
      tried.first { (try? Options(["\(option.name)=\($0)"] + words(of: option))) != nil }, "\(option.name)")
  }

  @Test func `has a name of its own`() {
    let all = OptionTable.all.flatMap { [$0.name, $0.short].compactMap(\.self) }
    #expect(Set(all).count == all.count)
    #expect(OptionTable.all.allSatisfy { $0.name.hasPrefix("--") && $0.short?.count ?? 2 == 2 })
  }

  @Test func `takes its value with a blank or a sign between, and the last of two, or both`() throws {
    for option in Self.valued {
      let (value, words) = (try Self.value(of: option), Self.words(of: option))
      let one = try Options(["\(option.name)=\(value)"] + words)
      #expect(try Options([option.name, value] + words) == one)
      if let short = option.short { #expect(try Options([short, value] + words) == one) }
      let twice = try Options([option.name, value, option.name, value] + words)
      #expect(twice.given.count == 2)
      var same = twice
      same.given = one.given
      // The same rule twice is one rule.
      if option.name != "--rule" { #expect((same == one) != option.addsUp, "\(option.name)") }
    }
  }

  @Test func `says which value is missing, and takes no other option for it`() {
    for option in Self.valued {
      #expect(Options.failure([option.name]) == "\(option.name) needs a value")
      for other in ["--json", "--model=x", "--nosuch", "--", "-m"] {
        #expect(
          Options.failure([option.name, other, "hi"])
            == "\(option.name) needs a value; if '\(other)' is meant, write \(option.name)=\(other)")
      }
    }
  }

  @Test func `without a value takes none, and may be said twice`() throws {
    for option in OptionTable.all where option.shape == .none {
      #expect(Options.failure(["\(option.name)=x"]) == "\(option.name) takes no value")
      let words = option.name == "--stdio" ? [] : Self.words(of: option)
      _ = try Options([option.name, option.name] + words)
    }
  }

  @Test func `names itself and the value that it cannot take`() {
    for option in Self.valued {
      switch option.shape {
      case .words(let words):
        let told = Options.failure(["\(option.name)=huh"])
        #expect(told == "\(option.name) is one of \(words.joined(separator: ", ")); 'huh' is not")
      case .file, .folder: #expect(Options.failure([option.name, ""]) == "\(option.name) needs a path; '' is none")
      case .value("N"), .value("S"), .value("USD"):
        for bad in ["huh", "-1", "", "1e99x", "99999999999999999999x"] {
          let told = Options.failure(["\(option.name)=\(bad)", "hi"])
          // A budget may be anything that is a number.
          if option.name == "--budget", bad == "-1" { continue }
          #expect(told?.hasPrefix(option.name) == true, "\(option.name)=\(bad): \(told ?? "taken")")
        }
      case .none, .value, .hidden: break
      }
    }
  }

  @Test func `is refused where it says nothing, by its name`() {
    let uses: [(OptionUse, words: [String])] = [
      (.ask, ["hi"]), (.call, ["call", "server/ping"]), (.doctor, ["doctor"]), (.serve, ["--stdio"]), (.serve, []),
    ]
    for option in OptionTable.all {
      for (use, words) in uses where !option.uses.contains(use) {
        let given = option.shape == .none ? option.name : "\(option.name)=2"
        #expect(
          Options.failure([given] + words)?.hasPrefix("\(option.name) is for ") == true, "\(option.name) \(words)")
      }
    }
  }

  @Test func `contradicts another by both names`() {
    for (words, named) in [
      (["--record", "x", "--replay", "demo", "hi"], ["--record", "--replay"]),
      (["--anthropic", "--bedrock", "hi"], ["--anthropic", "--bedrock"]),
      (["--no-stdin", "-"], ["-", "--no-stdin"]), (["--no-stdin", "--image", "-", "hi"], ["--image -", "--no-stdin"]),
      (["--file", "-", "--image=-", "hi"], ["--file -", "--image -"]), (["--file", "-", "-"], ["-", "--file -"]),
      (["--output-schema", "-", "--file", "-", "hi"], ["--file -", "--output-schema -"]),
    ] {
      let told = Options.failure(words)
      #expect(named.allSatisfy { told?.contains($0) == true }, "\(words): \(told ?? "taken")")
    }
  }

  @Test func `stands in the help, in the manual and in what shells complete`() {
    for option in OptionTable.all {
      #expect(HelpText.text.contains("\(option.name)"), "\(option.name)")
      for made in GeneratedText.allCases where made != .settingsSchema {
        let name = made == .fish ? "-l \(option.name.dropFirst(2))" : option.name
        let written = made == .man ? name.replacingOccurrences(of: "-", with: "\\-") : name
        #expect(made.text.contains(written), "\(option.name) in \(made)")
      }
    }
    #expect(HelpText.text.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }
}

@Suite struct `Words of the command line` {
  private func mode(_ words: String...) throws -> Options.Mode { try Options(words).mode }

  @Test func `are commands where they stand first, and a prompt behind two dashes`() throws {
    #expect(try mode("doctor") == .doctor)
    #expect(try mode("--json", "doctor", "--verify") == .doctor)
    #expect(try mode("--", "doctor") == .ask(prompt: "doctor", readsInput: false))
    #expect(try mode("--", "call", "server/ping") == .ask(prompt: "call server/ping", readsInput: false))
    #expect(try mode("call", "--", "server/ping") == .call(method: "server/ping", params: nil))
    #expect(try mode("the", "doctor") == .ask(prompt: "the doctor", readsInput: false))
    #expect(throws: Options.UsageError.self) { try mode("doctor", "who") }
    for word in ["call", "doctor"] { #expect(HelpText.text.contains("[options] \(word)")) }
  }

  @Test func `have a manual that names every variable which README names`() throws {
    let table = try #require(try Repository.text("README.md").components(separatedBy: "\n## The environment\n").last)
    let rows = try #require(table.components(separatedBy: "\n## ").first).split(separator: "\n").map { row in
      row.split(separator: "|").first ?? ""
    }
    let names = rows.flatMap { $0.matches(of: /`([A-Za-z][A-Z_a-z]+)`/).map { String($0.output.1) } }
    #expect(names.count > 20)
    for name in names { #expect(GeneratedText.man.text.contains("\\fB\(name)\\fR"), "\(name)") }
  }

  @Test func `end with the statuses that README and the help have`() throws {
    let readme = try Repository.text("README.md")
    for status in ExitStatus.allCases where ![.turns, .budget].contains(status) {
      #expect(readme.contains("| \(status.rawValue) | "), "\(status)")
      #expect(HelpText.text.contains("\n  \(status.rawValue)  \(status.meaning)\n"))
    }
    #expect(readme.contains("| \(ExitStatus.turns.rawValue), \(ExitStatus.budget.rawValue) | "))
  }
}

extension Options {
  /// Why words of a command line make no sense; `nil` when they do.
  static func failure(_ words: [String]) -> String? {
    do throws(UsageError) {
      _ = try Options(words)
      return nil
    } catch {
      return error.message
    }
  }
}
