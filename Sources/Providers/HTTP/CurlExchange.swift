import CCurl
import OperatingSystem
import Protocol

/// One transfer as the loop's thread sees it: libcurl's handle, the head being read, and the time of the last byte.
@safe final class CurlExchange {
  let transfer: CurlTransfer
  private unowned let driver: CurlDriver
  private var handle: OpaquePointer?
  private var head = CurlTransfer.Head()
  private var headBytes = 0
  private var hasHead = false
  private var isTouched = false
  /// The failure that this side found, which says more than the library's name for it.
  private var failure: HTTPError?

  private(set) var hasStarted = false
  private(set) var isPaused = false
  private(set) var isOver = false
  /// When it began to look for a connection; `nil` as long as it has not, and once it has one.
  private(set) var lookingSince: Int?
  /// Until when it may wait for a descriptor.
  var descriptorDue = Int.max
  /// When the last byte came or went, and when its absence is to be told, in milliseconds of the monotonic clock.
  var lastByte = 0
  var noticeDue = Int.max
  /// When the whole transfer must be over, whatever comes.
  var deadline = Int.max

  init(_ transfer: CurlTransfer, driver: CurlDriver) {
    self.transfer = transfer
    self.driver = driver
  }

  // What the driver asks.

  /// Hands the request to libcurl.
  func start(_ http: OpaquePointer, now: Int) {
    lookingSince = now
    let request = transfer.request
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    guard
      let handle = unsafe ccurl_transfer_create(http, context, request.method, request.url, request.body.count)
    else { return end(.failure(HTTPError(.other, "no memory is left for a request to \(request.authority)"))) }
    unsafe self.handle = unsafe handle
    for line in request.headerLines { unsafe ccurl_transfer_header(handle, line) }
    if let line = request.resolved { unsafe ccurl_transfer_addresses(handle, line) }
    unsafe ccurl_transfer_proxy(handle, request.proxy?.reveal() ?? "")
    if request.isSecure || request.proxy != nil { unsafe setTrust(request.trust, http, handle) }
    unsafe ccurl_transfer_connect_max(handle, Int64(request.timeouts.connectMax))
    let code = unsafe ccurl_transfer_start(handle)
    if code != 0 { finish(code: code, proxyStatus: 0, text: unsafe String(cString: ccurl_http_text(http, code))) }
  }

  /// Says whom to trust.
  private func setTrust(_ trust: TrustSettings, _ http: OpaquePointer, _ handle: OpaquePointer) {
    if let file = trust.authorities { unsafe ccurl_transfer_certificates(handle, file.path) }
    if let more = trust.more, let beside = (try? FileSource.system.read(more.path)) ?? nil {
      let usual = unsafe ccurl_http_usual_certificates(http).map { unsafe String(cString: $0) }
      let others = (trust.authorities?.path ?? usual).flatMap { (try? FileSource.system.read($0)) ?? nil } ?? []
      let all = others + [0x0A] + beside
      unsafe all.withUnsafeBufferPointer { all in
        guard let bytes = all.baseAddress else { return }
        unsafe ccurl_transfer_more_certificates(handle, bytes, all.count, more.path)
      }
    }
    if let identity = trust.identity {
      unsafe ccurl_transfer_identity(handle, identity.certificate, identity.key, identity.passphrase?.reveal())
    }
  }

  /// Takes up what curl holds back.
  func resume() {
    isPaused = false
    if let handle = unsafe handle { unsafe ccurl_transfer_resume(handle) }
  }

  /// Frees the handle, and with it the socket of a transfer that is still going.
  func release() {
    isOver = true
    letGo()
  }

  private func letGo() {
    opened()
    guard let released = unsafe handle.take() else { return }
    unsafe ccurl_transfer_free(released)
  }

  /// Ends with that result, to be delivered with the turn.
  func end(_ ending: Result<Void, HTTPError>) {
    transfer.end(ending)
    release()
    driver.forget(self)
    touch()
  }

  /// Hands over what came in this turn.
  func deliver(now: Int) {
    isTouched = false
    lastByte = now
    noticeDue = noticeDue(after: now)
    transfer.deliver()
  }

  /// Fails when nothing has come, or the end has not come, for too long; tells a waiting reader when nothing has come for long.
  func checkIdle(now: Int) {
    let idle = now - lastByte
    let idleMax = transfer.request.timeouts.idleMax
    if idle >= idleMax {
      let text = "no byte came from \(transfer.request.authority) for \(idleMax) ms"
      end(.failure(HTTPError(.idleTimeout, text, responseStarted: hasStarted)))
    } else if now >= deadline {
      let text = "\(transfer.request.authority) did not answer within \(transfer.request.timeouts.totalMax) ms"
      end(.failure(HTTPError(.idleTimeout, text, responseStarted: hasStarted)))
    } else if now >= noticeDue {
      noticeDue = noticeDue(after: now)
      transfer.deliverIdle(milliseconds: idle)
    }
  }

  /// The moment from which `checkIdle` may have something to do.
  var nextCheck: Int { min(lastByte + transfer.request.timeouts.idleMax, noticeDue, deadline) }

  func noticeDue(after now: Int) -> Int {
    let interval = transfer.request.timeouts.idleNotice
    return interval > 0 ? now + interval : .max
  }

  private func touch() {
    guard !isTouched else { return }
    isTouched = true
    driver.touch(self)
  }

  // What libcurl tells.

  /// It has a connection, or will have none.
  func opened() { lookingSince = nil }

  /// A line of a head: of the final response, of an interim one, or a trailer.
  func receiveHeader(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    touch()
    opened()
    hasStarted = true
    headBytes += line.count
    guard headBytes <= HTTPLimits.headersMax else {
      let text = "the headers of \(transfer.request.authority) are larger than \(HTTPLimits.headersMax) bytes"
      failure = HTTPError(.protocolError, text, responseStarted: true)
      return false
    }
    if !hasHead { readHead(unsafe String(decoding: line, as: UTF8.self)) }
    return true
  }

  private func readHead(_ line: String) {
    let text = trimmed(line[...])
    if text.isEmpty {
      // 1xx is an interim answer (RFC 9110 section 15.2): the real one follows.
      if head.status >= 200 {
        hasHead = true
        transfer.receive(head)
      }
    } else if text.hasPrefix("HTTP/") {
      head = CurlTransfer.Head(status: Int(text.drop { $0 != " " }.dropFirst().prefix(3)) ?? 0)
    } else if line.first == " " || line.first == "\t", !head.headers.fields.isEmpty {
      // A folded line goes on with the one before (RFC 9112 section 5.2).
      head.headers.fields[head.headers.fields.count - 1].value += " " + text
    } else if let colon = text.firstIndex(of: ":") {
      head.headers.fields.append((String(text[..<colon]), String(trimmed(text[colon...].dropFirst()))))
    }
  }

  /// A piece of the body; false when it is to wait for its reader.
  func receiveBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    touch()
    let isTaken = unsafe transfer.receive(bytes)
    isPaused = !isTaken
    return isTaken
  }

  /// Gives curl the part of the request's body that it sends next.
  func fill(_ place: UnsafeMutableBufferPointer<UInt8>, from offset: Int) {
    touch()
    opened()
    unsafe _ = place.update(fromContentsOf: transfer.request.body[offset..<offset + place.count])
  }

  /// The end, as libcurl sees it.
  func finish(code: Int32, proxyStatus: Int32, text: String) {
    if code == CCURL_NO_DESCRIPTOR, driver.mayWait(self) { return letGo() }
    let request = transfer.request
    let found = curlFailure(
      code: code, proxyStatus: proxyStatus, text: text, request: request, responseStarted: hasStarted)
    if let error = failure ?? found { return end(.failure(error)) }
    guard hasHead else {
      // To libcurl a connection that ends within the headers is an empty reply.
      let text = "\(request.authority) closed the connection before the end of its headers"
      return end(.failure(HTTPError(.closedEarly, text, responseStarted: hasStarted)))
    }
    end(.success(()))
  }
}

/// A line less the white space around it (RFC 9112 section 5: it is no part of a value), line end included.
private func trimmed(_ text: Substring) -> Substring {
  let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
  var text = text.drop(while: isBlank)
  while let last = text.last, isBlank(last) { text.removeLast() }
  return text
}
