package import OperatingSystem
package import Protocol
package import Providers

/// The file that tells of every call to a model: one line of JSON each, never a word of what was said.
///
/// The request's id is the one that the provider's own log, like CloudTrail, has.
package struct AuditLog: Sendable {
  private let file: LineFile
  private let time: TimeSource
  private static let format = LineFile.Format(name: "audit log", head: [], beginning: [])

  /// Appends to that file, which only its owner can read.
  ///
  /// - Throws: ``LineFileError`` when it cannot be opened.
  package init(_ path: String, time: TimeSource) throws(LineFileError) {
    file = try LineFile(path, Self.format) { StandardError.write("wyn360: \($0)\n") }
    self.time = time
  }

  /// Tells of a call that was answered.
  package func note(_ message: ModelMessage, model: String, provider: ProviderID, startedAt: Int) {
    let served = message.servedBy?.model ?? model
    let cost = CallCost(of: message.usage, model: served, provider: provider).wire
    var line = line(provider, model: served, region: message.servedBy?.region, startedAt: startedAt)
    line["requestId"] = message.requestID.map(JSON.string)
    line["usage"] = try? JSON(encoding: message.usage)
    line["costUsd"] = cost.usd
    line["outcome"] = "answered"
    line["stopReason"] = message.stopReason.map(JSON.string)
    file.write(JSON.object(line).serialized + [UInt8(ascii: "\n")])
  }

  /// Tells of a call that failed.
  package func note(_ failure: ProviderError, model: String, provider: ProviderID, startedAt: Int) {
    let asked = failure.servedBy
    var line = line(provider, model: asked?.model ?? model, region: asked?.region, startedAt: startedAt)
    line["requestId"] = failure.requestID.map(JSON.string)
    if let partial = failure.partial { line["usage"] = try? JSON(encoding: partial.usage) }
    line["outcome"] = .string(failure.kind.rawValue)
    line["httpStatus"] = failure.status.map { .number(JSONNumber($0)) }
    line["errorType"] = failure.type.map(JSON.string)
    line["attempts"] = .number(JSONNumber(failure.attempts))
    file.write(JSON.object(line).serialized + [UInt8(ascii: "\n")])
  }

  private func line(_ provider: ProviderID, model: String, region: String?, startedAt: Int) -> JSONObject {
    var line: JSONObject = [
      "at": .number(JSONNumber(startedAt)), "durationMs": .number(JSONNumber(time.now() - startedAt)),
      "mode": .string(provider.rawValue), "model": .string(model),
    ]
    line["region"] = region.map(JSON.string)
    return line
  }
}

/// A provider whose calls are told to the audit log.
package struct AuditedProvider: Provider {
  private let provider: any Provider
  private let id: ProviderID
  private let log: AuditLog
  private let time: TimeSource
  private static let format = LineFile.Format(name: "audit log", head: [], beginning: [])

  /// That provider, and whose it is.
  package init(_ provider: any Provider, id: ProviderID, log: AuditLog, time: TimeSource) {
    self.provider = provider
    self.id = id
    self.log = log
    self.time = time
  }

  package func answer(_ request: ModelRequest, receive: @Sendable ([ModelEvent]) async -> Void)
    async throws(ProviderError) -> ModelMessage
  {
    let startedAt = time.now()
    let model = (try? provider.choice(of: request.model, isDefault: request.isModelDefault).id) ?? request.model
    do throws(ProviderError) {
      let message = try await provider.answer(request, receive: receive)
      log.note(message, model: model, provider: id, startedAt: startedAt)
      return message
    } catch {
      log.note(error, model: model, provider: id, startedAt: startedAt)
      throw error
    }
  }

  package func choice(of model: String, isDefault: Bool) throws(ProviderError) -> ModelChoice {
    try provider.choice(of: model, isDefault: isDefault)
  }
  package func knownModels() throws(ProviderError) -> [ListedModel] { try provider.knownModels() }
  package func listedModels() async throws(ProviderError) -> [ListedModel] { try await provider.listedModels() }
}
