package import Protocol
internal import Providers

/// What is done to a session between its runs: telling what fills its window, making room in it, going back in it.
package struct SessionUpkeep: Sendable {
  private let sessions: Sessions
  private let runs: Runs
  private let engine: Engine

  /// Upkeep of those sessions.
  package init(sessions: Sessions, runs: Runs, engine: Engine) {
    self.sessions = sessions
    self.runs = runs
    self.engine = engine
  }

  /// Answers `session/context`: the next request as it stands, without a prompt.
  package func context(_ request: SessionContext) async throws(Failure) -> ContextReport {
    let session = try sessions.session(request.sessionId)
    let inUse = try inUse(by: session)
    let setup = try await RunSetup.look(at: session, wanted: session.options.tools, engine: engine)
    let visible = Compaction.visible(
      session.record.exchanges, maxHistory: session.options.maxHistory ?? ServerLimits.maxHistory)
    var contents = RequestContents()
    var system = usual(inUse, of: session, setup).system
    let texts = setup.instructions.files.map(\.text)
    system.removeAll { block in texts.contains { block["text"]?.string?.contains($0) ?? false } }
    contents.system = system
    contents.instructions = setup.instructions
    contents.tools = setup.tools
    contents.exchanges = visible
    return ContextReport(
      contents, calibration: session.calibration, model: inUse.providerModelId,
      size: inUse.window?.context)
  }

  /// Answers `session/compact`: the session is busy with it, and runs that come meanwhile wait.
  package func compact(_ request: SessionCompact) async throws(Failure) -> SessionCompact.Response {
    let session = try sessions.session(request.sessionId)
    let inUse = try inUse(by: session)
    let provider = try engine.provider(inUse.provider)
    return try await runs.exclusively("its compaction", in: session) {
      do throws(Failure) {
        let setup = try await RunSetup.look(at: session, wanted: session.options.tools, engine: engine)
        let usual = usual(inUse, of: session, setup)
        let compactor = Compactor(session: session, provider: provider, inUse: inUse, time: engine.time)
        guard let compaction = compactor.compaction(like: usual) else {
          return .success(SessionCompact.Response(exchanges: 0, summary: nil))
        }
        try checkBudget(of: session, inUse, compaction.request(like: usual))
        let outcome = await compactor.carryOut(compaction, like: usual)
        if let spent = outcome.spent { session.add(spent.usage, cost: outcome.cost) }
        let summary = try outcome.summary.mapError { Failure($0, provider: inUse.provider) }.get()
        return .success(SessionCompact.Response(exchanges: summary == nil ? 0 : compaction.count, summary: summary))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Answers `session/rewind`; files are put back before any run that comes afterwards begins.
  package func rewind(_ request: SessionRewind) async throws(Failure) -> SessionInfo {
    guard request.files == true else { return try sessions.rewind(request).info }
    let session = try sessions.session(request.sessionId)
    return try await runs.exclusively("its rewinding", in: session) {
      do throws(Failure) {
        var (info, mark) = try sessions.rewind(request)
        info.files = try await restoreFiles(of: session, to: mark)
        return .success(info)
      } catch {
        return .failure(error)
      }
    }
  }

  /// Puts files back as they were when a run began; without a mark there is nothing that tools have changed since.
  private func restoreFiles(of session: Session, to mark: Int?) async throws(Failure) -> SessionInfo.FilesRestored {
    guard let mark else { return SessionInfo.FilesRestored(restored: [], kept: [], forgotten: 0) }
    let folder = session.options.cwd ?? engine.place.folder
    do throws(ToolError) {
      let undone = try await ToolThread.run { _ throws(ToolError) in
        session.journal.undo(to: mark, in: try Workspace(path: folder))
      }
      return SessionInfo.FilesRestored(restored: undone.restored, kept: undone.kept, forgotten: undone.forgotten)
    } catch {
      throw .failed("files could not be restored: \(error.message)", FailureData(kind: .toolFailed))
    }
  }

  /// The model that the session's next call asks.
  private func inUse(by session: Session) throws(Failure) -> ModelInUse {
    let info = session.info
    let provider = try engine.provider(info.provider)
    do throws(ProviderError) {
      let choice = try provider.choice(of: info.model)
      return ModelInUse(model: info.model, provider: info.provider, providerModelId: choice.id)
    } catch {
      throw Failure(error, provider: info.provider)
    }
  }

  /// The session's usual request, without any message.
  private func usual(_ inUse: ModelInUse, of session: Session, _ setup: RunSetup) -> ModelRequest {
    var usual = ModelRequest(model: inUse.model, messages: [], maxTokens: ServerLimits.maxTokens)
    usual.system = setup.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: [session.options.system].compactMap(\.self))
    usual.tools = setup.tools
    return usual
  }

  /// - Throws: ``Failure/Reason/failed`` when the session's budget does not last for a call.
  private func checkBudget(of session: Session, _ inUse: ModelInUse, _ request: ModelRequest) throws(Failure) {
    var spending = Spending(run: nil, session: session.options.budget)
    spending.past = session.spent
    let prompt = RequestEstimate.tokens(
      of: request, model: inUse.providerModelId, calibration: session.calibration)
    guard case .stop(let notice) = TurnQuestion(inUse: inUse, request: request, prompt: prompt).budgeted(spending)
    else {
      return
    }
    throw .failed(
      notice, FailureData(kind: .budgetExceeded, hint: "give the session a larger budget with session/setOptions"))
  }
}
