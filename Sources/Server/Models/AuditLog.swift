package import OperatingSystem
internal import Protocol
internal import Providers

/// The file that tells of every call to a model: one line of JSON each, never a word of what was said.
///
/// The request's id is the one that the provider's own log, like CloudTrail, has.
package struct AuditLog: Sendable {
  fileprivate let file: LineFile
  fileprivate let time: TimeSource
  private static let format = LineFile.Format(name: "audit log", head: [], beginning: [])

  /// Appends to that file, which only its owner can read; `onFailure` is told, once, that something is missing from it.
  ///
  /// - Throws: ``LineFileError`` when it cannot be opened.
  package init(_ path: String, time: TimeSource, onFailure: @escaping @Sendable (String) -> Void)
    throws(LineFileError)
  {
    file = try LineFile(path, Self.format, onFailure: onFailure)
    self.time = time
  }

  /// A call begins now, to that model by its provider's name.
  func begin(_ model: String, provider: ProviderID) -> Entry {
    Entry(log: self, model: model, provider: provider, startedAt: time.now())
  }

  /// A call that is under way.
  struct Entry: Sendable {
    fileprivate let log: AuditLog
    fileprivate let model: String
    fileprivate let provider: ProviderID
    fileprivate let startedAt: Int
  }
}

extension AuditLog.Entry {
  /// Tells that the call was answered.
  func answered(_ message: ModelMessage) {
    let served = message.servedBy?.model ?? model
    let known = message.servedBy?.known ?? model
    let cost = CallCost(of: message.bill, model: known, provider: provider).wire
    var line = line(of: served, region: message.servedBy?.region)
    line["requestId"] = message.requestID.map(JSON.string)
    line["usage"] = try? JSON(encoding: message.bill.total)
    line["costUsd"] = cost.usd
    line["outcome"] = "answered"
    line["stopReason"] = message.stopReason.map(JSON.string)
    write(line)
  }

  /// Tells that the call failed.
  func failed(_ failure: ProviderError) {
    let asked = failure.servedBy
    var line = line(of: asked?.model ?? model, region: asked?.region)
    line["requestId"] = failure.requestID.map(JSON.string)
    if let partial = failure.partial {
      line["usage"] = try? JSON(encoding: partial.bill.total)
      line["costUsd"] = CallCost(of: partial.bill, model: asked?.known ?? model, provider: provider).wire.usd
    }
    line["outcome"] = .string(failure.kind.rawValue)
    line["httpStatus"] = failure.status.map { .number(JSONNumber($0)) }
    line["errorType"] = failure.type.map(JSON.string)
    line["attempts"] = .number(JSONNumber(failure.attempts))
    write(line)
  }

  private func line(of model: String, region: String?) -> JSONObject {
    var line: JSONObject = [
      "at": .number(JSONNumber(startedAt)), "durationMs": .number(JSONNumber(log.time.now() - startedAt)),
      "mode": .string(provider.rawValue), "model": .string(model),
    ]
    line["region"] = region.map(JSON.string)
    return line
  }

  private func write(_ line: JSONObject) { log.file.write(JSON.object(line).line) }
}
