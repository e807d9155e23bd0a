package import Protocol
internal import Providers

/// What is done to a session between its runs: telling what fills its window, making room in it, going back in it.
package struct SessionUpkeep: Sendable {
  let sessions: Sessions
  let runs: Runs
  let engine: Engine

  /// Upkeep of those sessions.
  package init(sessions: Sessions, runs: Runs, engine: Engine) {
    self.sessions = sessions
    self.runs = runs
    self.engine = engine
  }

  /// Answers `session/context`: the next request as it stands, without a prompt.
  package func context(_ request: SessionContext) async throws(Failure) -> ContextReport {
    let session = try sessions.session(request.sessionId)
    let model = try model(of: session)
    let setup = try await RunSetup.look(at: session, wanted: session.options.tools, engine: engine)
    let view = session.view(fresh: setup.prefix(for: model))
    var contents = RequestContents()
    var system = view.prefix.system
    let texts = setup.instructions.files.map(\.told)
    system.removeAll { block in texts.contains { block["text"]?.string == $0 } }
    contents.system = system
    contents.instructions = setup.instructions
    contents.tools = view.prefix.tools
    contents.exchanges = view.exchanges
    let counted = request.count == true ? await counted(usual(model, of: session, seeing: view), model) : nil
    return ContextReport(
      contents, calibration: session.calibration, counted: counted, model: model.inUse.providerModelId,
      size: model.window?.context)
  }

  /// Answers `session/compact`: the session is busy with it, and runs that come meanwhile wait.
  package func compact(_ request: SessionCompact) async throws(Failure) -> SessionCompact.Response {
    let session = try sessions.session(request.sessionId)
    let model = try model(of: session)
    let provider = try engine.provider(model.inUse.provider)
    return try await runs.exclusively("its compaction", in: session, begin: {}) { _ in
      do throws(Failure) {
        let setup = try await RunSetup.look(at: session, wanted: session.options.tools, engine: engine)
        let compactor = Compactor(session: session, provider: provider, model: model, time: engine.time)
        var spending = Spending(run: nil, session: session.options.budget)
        spending.past = session.spent
        spending.limit(day: session.settings.inForce.perDay, spent: engine.day)
        let fresh = setup.prefix(for: model)
        _ = session.settle(fresh: fresh)
        let view = session.view(fresh: fresh)
        let outcome = await compactor.compact(
          like: usual(model, of: session, seeing: view), and: nil, paying: spending)
        for message in outcome.spent {
          session.add(message.bill.total, cost: model.cost(of: message))
          engine.day.add(model.cost(of: message))
        }
        switch try outcome.ending.mapError({ Failure($0, provider: model.inUse.provider) }).get() {
        case .done(let exchanges, let summary):
          return .success(SessionCompact.Response(exchanges: exchanges, summary: summary))
        case .nothing(let reason):
          return .success(SessionCompact.Response(exchanges: 0, summary: nil, reason: reason))
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
  func restoreFiles(of session: Session, to mark: Int?) async throws(Failure) -> SessionInfo.FilesRestored {
    guard let mark else { return SessionInfo.FilesRestored(restored: [], kept: [], forgotten: 0) }
    guard let folder = session.options.cwd ?? engine.place.folder else { throw .folderGone }
    do throws(ToolError) {
      let undone = try await engine.threads.run { _ throws(ToolError) in
        session.journal.undo(to: mark, in: try engine.workspace(at: folder, of: session), seen: session.seen)
      }
      return SessionInfo.FilesRestored(
        restored: undone.restored, kept: undone.kept, forgotten: undone.forgotten, commands: undone.commands)
    } catch {
      throw .failed("files could not be restored: \(error.message)", FailureData(kind: .toolFailed))
    }
  }

  /// The model that the session's next call asks.
  private func model(of session: Session) throws(Failure) -> AskedModel {
    let info = session.info
    let provider = try engine.provider(info.provider)
    do throws(ProviderError) {
      let choice = try provider.choice(of: info.model)
      let inUse = ModelInUse(model: info.model, provider: info.provider, providerModelId: choice.id)
      return AskedModel(inUse: inUse, choice: choice)
    } catch {
      throw Failure(error, provider: info.provider)
    }
  }

  /// What the service counts of a request; `nil` where it counts none, and an estimate has to do.
  private func counted(_ request: ModelRequest, _ model: AskedModel) async -> Int? {
    var request = request
    // A service counts nothing that it could not answer.
    request.messages = Conversation.messages(
      past: [], current: request.messages + [["role": "user", "content": [["type": "text", "text": "."]]]],
      target: model.target)
    return try? await engine.providers[model.inUse.provider]?.countTokens(of: request)
  }

  /// The session's usual request, without a prompt.
  private func usual(_ model: AskedModel, of session: Session, seeing view: Session.View) -> ModelRequest {
    let messages = Conversation.messages(past: view.exchanges, current: [], target: model.target)
    var wishes = RequestFit.Wishes()
    wishes.thinking = session.options.thinking
    wishes.effort = session.options.effort ?? session.settings.inForce.effort
    wishes.maxTokens = session.options.maxTokens
    var fit = RequestFit(wishes, for: model.choice, onBedrock: model.inUse.provider == .bedrock)
    fit.follow(Conversation.beginningOfOpenTurn(past: messages, current: []))
    var usual = fit.applied(to: ModelRequest(model: model.inUse.model, messages: messages, maxTokens: 1))
    usual.system = view.prefix.system
    usual.tools = StrictTools.fitted(
      WebTools.fitted(view.prefix.tools, for: model.target).tools, for: model.choice.traits)
    usual.load(for: model)
    return usual
  }
}
