package import Protocol

/// A line of a session's file, with how the session stands after it.
///
/// The state is each line's last member, `now`: whoever lists sessions reads the end of each file alone.
package struct StoredLine: Sendable {
  /// What a line says.
  package enum Content: Sendable {
    /// The first one: what the session is.
    case header(StoredHeader)
    case change(StoredChange)
  }

  package var content: Content
  /// How the session stands after it.
  package var now: StoredState

  /// A line.
  package init(_ content: Content, now: StoredState) {
    self.content = content
    self.now = now
  }

  /// Its bytes, with its end.
  package func bytes() throws -> [UInt8] {
    var members =
      switch content {
      case .header(let header): try JSON(encoding: header).object ?? [:]
      case .change(let change): try change.members()
      }
    members[Self.stateName] = try JSON(encoding: now)
    return JSON.object(members).line
  }

  /// Reads a line; the first one is a header.
  init(_ bytes: [UInt8], isFirst: Bool) throws(StoredFlaw) {
    let json: JSON
    do throws(JSONSyntaxError) { json = try JSON.parse(bytes, depthMax: StoreLimits.depthMax) } catch {
      throw StoredFlaw("it is not JSON: \(error.reason) at byte \(error.offset)")
    }
    content = isFirst ? .header(try StoredHeader.read(json)) : .change(try StoredChange(json))
    guard let now: StoredState = try? json[Self.stateName]?.decode(StoredState.self) else {
      throw StoredFlaw("it has no '\(Self.stateName)'")
    }
    self.now = now
  }

  /// The member in which the state stands.
  static let stateName = "now"
}

/// How a session stands, and who has written that.
package struct StoredState: Codable, Hashable, Sendable {
  /// The session as it is listed.
  package var session: SessionInfo
  /// Milliseconds that its runs have taken.
  package var wallMs: Int
  /// The tokens of the last call's prompt and answer.
  package var contextUsed: Int
  /// The process that wrote the line.
  package var by: SessionHolder?

  /// A state that nobody has written yet.
  package init(session: SessionInfo, wallMs: Int, contextUsed: Int) {
    self.session = session
    self.wallMs = wallMs
    self.contextUsed = contextUsed
  }
}

/// The first line of a session's file.
package struct StoredHeader: Codable, Hashable, Sendable {
  /// What each file says that it is.
  package static let formatName = "wyn360.sessionFile"
  /// The newest version of the format that this program writes and reads.
  package static let versionNewest = 1

  /// Always ``formatName``.
  package private(set) var format = formatName
  /// The format's version.
  package private(set) var version = versionNewest
  package var sessionId: String
  /// When it was made, in milliseconds since 1970.
  package var createdAt: Int
  /// The session it was forked from.
  package var forkedFrom: String?
  /// How it was set up, with its title and its folder.
  package var options: SessionOptions

  /// The header of a session.
  package init(sessionId: String, createdAt: Int, forkedFrom: String?, options: SessionOptions) {
    self.sessionId = sessionId
    self.createdAt = createdAt
    self.forkedFrom = forkedFrom
    self.options = options
  }

  /// How a file begins whose header this version reads.
  static let beginning = Array(#"{"format":"\#(formatName)","version":\#(versionNewest),"#.utf8)

  /// Reads a header; what says that it is of another version is refused by that.
  static func read(_ json: JSON) throws(StoredFlaw) -> StoredHeader {
    guard json["format"]?.string == formatName else { throw StoredFlaw("it is no header of a session") }
    guard let version = json["version"]?.int, version == versionNewest else {
      let text = json["version"].map { VisibleText.line($0.text, most: StoreLimits.quotedMax) } ?? "none"
      throw StoredFlaw("its format has version \(text), and this program reads version \(versionNewest)")
    }
    do throws(JSONDecodingError) { return try json.decode(StoredHeader.self) } catch {
      throw StoredFlaw("\(error.path): \(error.reason)")
    }
  }
}
