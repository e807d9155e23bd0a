internal import OperatingSystem
internal import Protocol
internal import Providers

/// Listens to what a server of the handshake's revisions says and asks that belongs to no call.
struct MCPListener: Sendable {
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

  let line: MCPLine
  let traffic: MCPTraffic
  let time: TimeSource
  let log: Log
  /// Sends the answers to what is asked.
  let reply: MCPTraffic.Reply

  /// Opens the stream again and again, with the headers of a session, until the task is cancelled.
  ///
  /// Nothing that becomes of it ends the session: requests find that out.
  func listen(_ headers: [HTTPHeader]) async {
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
        if case .message(let message) = event { _ = traffic.take(message, of: nil, reply: reply) }
      }
    } catch {
      log.debug("the stream of \(MCPLine.shown(line.address)) broke: \(error.kind.rawValue)")
    }
    place.lastID = events.lastID ?? place.lastID
    place.retry = events.retry
    return .ended(heard: heard)
  }
}
