/// What a face works with: all that can be asked of this program.
package struct Backend: Sendable {
  package var sessions: Sessions
  /// The runs in them.
  package var runs: Runs
  /// What is done to sessions between runs.
  package var upkeep: SessionUpkeep
  /// What runs work with.
  package var engine: Engine
  /// The tools that the client registered.
  package var clientTools: ClientTools
  /// The credentials.
  package var auth: Auth
  package var models: Models
  /// Where sessions are kept.
  package var storing: Storing

  /// All of them.
  package init(
    sessions: Sessions, runs: Runs, upkeep: SessionUpkeep, engine: Engine, clientTools: ClientTools, auth: Auth,
    models: Models, storing: Storing
  ) {
    self.sessions = sessions
    self.runs = runs
    self.upkeep = upkeep
    self.engine = engine
    self.clientTools = clientTools
    self.auth = auth
    self.models = models
    self.storing = storing
  }
}
