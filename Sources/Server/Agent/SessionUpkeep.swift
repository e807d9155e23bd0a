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
    return try await runs.exclusively("its compaction", in: session, begin: {}) { _ in
      do throws(Failure) {
        let setup = try await RunSetup.look(at: session, wanted: session.options.tools, engine: engine)
        let compactor = Compactor(session: session, provider: provider, inUse: inUse, time: engine.time)
        var spending = Spending(run: nil, session: session.options.budget)
        spending.past = session.spent
        let outcome = await compactor.compact(like: usual(inUse, of: session, setup), paying: spending)
        if let spent = outcome.spent { session.add(spent.usage, cost: outcome.cost) }
        switch try outcome.ending.mapError({ Failure($0, provider: inUse.provider) }).get() {
        case .done(let exchanges, let summary):
          return .success(SessionCompact.Response(exchanges: exchanges, summary: summary))
        case .nothing: return .success(SessionCompact.Response(exchanges: 0, summary: nil))
        case .overBudget(let notice):
          let hint = "give the session a larger budget with session/setOptions"
          throw .failed(notice, FailureData(kind: .budgetExceeded, hint: hint))
        }
      } catch {
        return .failure(error)
      }
    }
  }

  /// Answers `session/rewind`; files are put back before any run that comes afterwards begins.
  package func rewind(_ request: SessionRewind) async throws(Failure) -> SessionInfo {
    let session = try sessions.session(request.sessionId)
    // History is what it will be before the next message is read; only files take their time.
    let begin = { () throws(Failure) in try sessions.rewind(request) }
    return try await runs.exclusively("its rewinding", in: session, begin: begin) { rewound in
      do throws(Failure) {
        var info = rewound.info
        if request.files == true { info.files = try await restoreFiles(of: session, to: rewound.mark) }
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
    let fit = RequestFit(RequestFit.Wishes(), model: inUse.named, onBedrock: inUse.provider == .bedrock)
    var usual = fit.applied(to: ModelRequest(model: inUse.model, messages: [], maxTokens: 1))
    usual.system = setup.system(
      model: inUse.providerModelId, provider: inUse.provider, caller: [session.options.system].compactMap(\.self))
    usual.tools = setup.tools
    return usual
  }
}
