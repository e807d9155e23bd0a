import Foundation
import Protocol
import TestSupport
import Testing

/// Every setting with every other, for every model at both services: nothing is refused, and each is answered.
///
/// `SETTINGS_CELLS=all` takes the whole product; otherwise each model takes a share of it, another one each.
@Suite(.ownThread) struct `Whatever is set,` {
  private static let thinking: [JSON?] = [
    nil, ["type": "adaptive"], ["type": "adaptive", "display": "updates"], ["type": "enabled", "budgetTokens": 2_000],
    ["type": "betweenTools"], ["type": "disabled"],
  ]
  private static let efforts: [JSON?] = [nil, "low", "medium", "high", "xhigh", "max"]
  private static let choices: [JSON?] = [nil, ["type": "any"], ["type": "tool", "name": "read_file"]]
  private static let schema: JSON = [
    "type": "object", "properties": ["a": ["type": "integer"]], "required": ["a"],
  ]
  private static let isWhole = ProcessInfo.processInfo.environment["SETTINGS_CELLS"] == "all"
  private static let companies = StrictModel.all.flatMap { model in
    [Company(model: model, service: .anthropic), Company(model: model, service: .bedrock)]
  }.filter { $0.isServed }

  @Test(arguments: companies) func `no service refuses it`(_ company: Company) throws {
    let day = try Day(company)
    let share = Self.companies.firstIndex { $0.testDescription == company.testDescription } ?? 0
    var played = 0
    for (row, thinking) in Self.thinking.enumerated() {
      for (column, effort) in Self.efforts.enumerated() {
        for cell in 0..<6 where Self.isWhole || (row + column == (share + 6) % 11 && cell == (share + row) % 6) {
          try play(day, thinking, effort, cell)
          played += 1
        }
      }
    }
    #expect(day.upstream.refused.map(\.text) == [], "\(company)")
    #expect(played > 0)
  }

  private func play(_ day: Day, _ thinking: JSON?, _ effort: JSON?, _ cell: Int) throws {
    var params = JSONObject()
    params["thinking"] = thinking
    params["effort"] = effort
    params["toolChoice"] = Self.choices[cell % 3]
    params["outputSchema"] = cell < 3 ? nil : Self.schema
    var answers: [StrictAction] = []
    if cell % 3 > 0 { answers.append(.call("read_file", ["path": "f1.txt"])) }
    answers.append(cell < 3 ? .text("done") : .text(#"{"a": 1}"#))
    for answer in answers { day.upstream.take(answer) }
    let session = try day.makeSession(["model": .string(day.company.name)])
    let reason = try day.run("go", params, in: session)
    #expect(reason == "endTurn", "\(day.company), \(JSON.object(params).text)")
  }
}

extension Company {
  /// Whether the model is to be had there on the day of the table.
  fileprivate var isServed: Bool {
    let end = service == .bedrock ? model.end.bedrock : model.end.api
    guard end.map({ $0 > StrictModel.today }) ?? true else { return false }
    return service == .bedrock ? !model.bedrockID.isEmpty && model.bedrockID != "-" : !model.ids.isEmpty
  }
}
