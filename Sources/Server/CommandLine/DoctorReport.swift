package import Protocol

/// What a look at the program's surroundings found: one page, problems first.
package struct DoctorReport: Sendable, Hashable {
  /// Something that keeps a prompt from being answered.
  package struct Problem: Sendable, Hashable {
    /// What is wrong.
    package var what: String
    /// What to do.
    package var todo: String?

    /// A problem.
    package init(_ what: String, todo: String? = nil) { (self.what, self.todo) = (what, todo) }
  }

  /// Something that was found.
  package struct Fact: Sendable, Hashable {
    /// What it is about.
    package var name: String
    /// What holds.
    package var value: String
    /// Who says so, and why.
    package var why: String?

    /// A fact.
    package init(_ name: String, _ value: String, why: String? = nil) {
      (self.name, self.value, self.why) = (name, value, why)
    }
  }

  /// Facts of one kind.
  package struct Section: Sendable, Hashable {
    /// What they are about.
    package var name: String
    /// What was found, in the order of the page.
    package var facts: [Fact]

    /// A section.
    package init(_ name: String, _ facts: [Fact]) { (self.name, self.facts) = (name, facts) }
  }

  /// What keeps a prompt from being answered.
  package var problems: [Problem] = []
  /// What a person should know, and that keeps nothing from working.
  package var notices: [String] = []
  /// All that was found.
  package var sections: [Section] = []

  /// Nothing found yet.
  package init() {}

  /// Whether a prompt would be answered, as far as was looked.
  package var isReady: Bool { problems.isEmpty }
}

// MARK: - As a page, and as JSON

extension DoctorReport {
  /// The page.
  package var text: String {
    var page = "\(Version.name) \(Version.number): \(isReady ? "a prompt would work" : "a prompt would not work")\n"
    for problem in problems {
      page += "\n✗ \(Self.indented(problem.what, 2))\n"
      if let todo = problem.todo { page += "  → \(Self.indented(todo, 4))\n" }
    }
    if !notices.isEmpty { page += "\n" + notices.map { "• \(Self.indented($0, 2))\n" }.joined() }
    let width = sections.flatMap(\.facts).map(\.name.count).max() ?? 0
    for section in sections where !section.facts.isEmpty {
      page += "\n\(section.name)\n"
      for fact in section.facts {
        let blank = String(repeating: " ", count: width - fact.name.count)
        page += "  \(fact.name)\(blank)  \(fact.value)\(fact.why.map { " (\($0))" } ?? "")\n"
      }
    }
    return page
  }

  /// The same for programs.
  package var json: JSON {
    func members(_ facts: [Fact]) -> JSON {
      .array(
        facts.map { fact in
          var object: JSONObject = ["name": .string(fact.name), "value": .string(fact.value)]
          object["why"] = fact.why.map(JSON.string)
          return .object(object)
        })
    }
    return [
      "ready": .bool(isReady), "version": .string(Version.number),
      "problems": .array(
        problems.map { problem in
          var object: JSONObject = ["what": .string(problem.what)]
          object["todo"] = problem.todo.map(JSON.string)
          return .object(object)
        }),
      "notices": .array(notices.map(JSON.string)),
      "sections": .array(sections.map { ["name": .string($0.name), "facts": members($0.facts)] }),
    ]
  }

  private static func indented(_ text: String, _ columns: Int) -> String {
    text.split(separator: "\n").joined(separator: "\n" + String(repeating: " ", count: columns))
  }

  /// The same with every text gone through, so that none shows a secret, or steers a screen.
  package func shown(_ show: (String) -> String) -> DoctorReport {
    var report = self
    report.problems = problems.map { Problem(show($0.what), todo: $0.todo.map(show)) }
    report.notices = notices.map(show)
    report.sections = sections.map { section in
      Section(
        section.name,
        section.facts.map { fact in
          Fact(fact.name, OneLine.of(show(fact.value)), why: fact.why.map { OneLine.of(show($0)) })
        })
    }
    return report
  }
}
