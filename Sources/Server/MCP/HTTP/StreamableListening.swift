internal import OperatingSystem
internal import Protocol
internal import Providers
internal import Synchronization

/// The stream on which a server of the handshake's revisions says and asks what belongs to no call.
extension StreamableTransport {
  /// How an attempt to listen ended.
  private enum Ending {
    /// The server has no such stream, or not for us.
    case none
    /// It was not opened.
    case failed
    /// It was open; whether anything came.
    case ended(heard: Bool)
  }

  /// Where the stream is to go on, and when.
  private struct Place {
    var lastID: String?
    var retry = MCPHTTPLimits.retryUsual
  }

  /// Begins to listen, for as long as this session lasts.
  func listen() {
    state.withLock { state in
      guard !state.isClosed else { return }
      state.listening?.cancel()
      let headers = MCPHeaders.legacy(session: state.session, revision: state.revision)
      state.listening = Task { await listen(headers) }
    }
  }

  /// Opens the stream again and again.
  ///
  /// Nothing that becomes of it ends the session: requests find that out.
  private func listen(_ headers: [HTTPHeader]) async {
    var place = Place()
    var (wasOpen, vain) = (false, 0)
    while !Task.isCancelled {
      switch await listenOnce(headers, &place) {
      case .none: return
      case .failed: vain += 1
      case .ended(let heard):
        wasOpen = true
        vain = heard ? 0 : vain + 1
      }
      guard wasOpen || vain < MCPHTTPLimits.resumptionsMax else { return }
      let wait = min(place.retry << min(max(vain - 1, 0), 16), MCPHTTPLimits.retryMost)
      do { try await time.sleep(wait) } catch { return }
    }
  }

  private func listenOnce(_ headers: [HTTPHeader], _ place: inout Place) async -> Ending {
    var sent = [MCPHeaders.acceptStream] + headers
    if let id = place.lastID { sent.append(HTTPHeader("Last-Event-ID", id)) }
    guard let response = try? await line.send("GET", sent, idleMax: MCPHTTPLimits.streamIdleMax) else { return .failed }
    guard response.status == 200, response.isEventStream else {
      // What a server has not, it will not have a second later.
      return [401, 403, 404, 405, 501].contains(response.status) || response.status < 400 ? .none : .failed
    }
    var events = MCPEventReader(response.body)
    var heard = false
    do throws(HTTPError) {
      while let event = try await events.next(heard: { heard = true }) {
        guard case .message(let message) = event else { continue }
        _ = traffic.take(message, of: nil) { [self] in await reply($0) }
      }
    } catch {
      log.debug("the stream of \(MCPLine.shown(line.address)) broke: \(error.kind.rawValue)")
    }
    place.lastID = events.lastID ?? place.lastID
    place.retry = events.retry
    return .ended(heard: heard)
  }
}
