internal import OperatingSystem
package import Protocol
internal import Providers

/// What fills a session's window, and making room in it.
extension Runs {
  /// Answers `session/context`: the next request as it stands, without a prompt.
  package func context(_ request: SessionContext) throws(RPCError) -> ContextReport {
    let session = try sessions.session(request.sessionId)
    let (inUse, workplace) = try setting(of: session)
    let visible = Compaction.visible(
      session.record.exchanges, maxHistory: session.options.maxHistory ?? ServerLimits.maxHistory)
    var contents = ContextReport.Contents()
    var system = workplace.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: [session.options.system].compactMap(\.self))
    let texts = workplace.instructions.files.map(\.text)
    system.removeAll { block in texts.contains { block["text"]?.string?.contains($0) ?? false } }
    contents.system = system
    contents.instructions = workplace.instructions
    contents.tools = workplace.tools
    contents.exchanges = visible
    return ContextReport(
      contents, counted: nil, calibration: session.calibration, model: inUse.providerModelId,
      size: inUse.window?.context)
  }

  /// Answers `session/compact`.
  package func compact(_ request: SessionCompact) async throws(RPCError) -> SessionCompact.Response {
    let session = try sessions.session(request.sessionId)
    if let active = session.runs.first { throw .sessionBusy(session.id, run: active.id) }
    let (inUse, workplace) = try setting(of: session)
    guard let provider = providers[inUse.provider] else { throw providers.missing(inUse.provider) }
    var usual = ModelRequest(model: inUse.model, messages: [], maxTokens: ServerLimits.maxTokens)
    usual.system = workplace.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: [session.options.system].compactMap(\.self))
    usual.tools = workplace.tools
    do throws(ProviderError) {
      let compactor = Compactor(session: session, provider: provider, inUse: inUse, time: time)
      guard let done = try await compactor.compact(like: usual) else {
        return SessionCompact.Response(exchanges: 0, summary: nil)
      }
      session.add(done.message.usage, cost: done.cost)
      return SessionCompact.Response(exchanges: done.count, summary: done.summary)
    } catch {
      throw ErrorMapping.rpcError(error, provider: inUse.provider)
    }
  }

  private func setting(of session: Session) throws(RPCError) -> (ModelInUse, Workplace) {
    let info = session.info
    guard let provider = providers[info.provider] else { throw providers.missing(info.provider) }
    let workplace = agent.workplace(of: session, tools: session.options.tools, now: time.now())
    do throws(ProviderError) {
      let choice = try provider.choice(of: info.model)
      let inUse = ModelInUse(model: info.model, provider: info.provider, providerModelId: choice.id)
      return (inUse, workplace)
    } catch {
      throw ErrorMapping.rpcError(error, provider: info.provider)
    }
  }
}
