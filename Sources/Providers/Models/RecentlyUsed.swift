/// Values by their names, of which no more are kept than fit: the one that nobody has asked for longest goes.
package struct RecentlyUsed<Value> {
  private var values: [String: Value] = [:]
  /// The names, the one used last at the end: few enough that looking through them costs nothing beside a request.
  private var order: [String] = []
  private let most: Int

  /// Nothing yet; at most that many.
  package init(most: Int) { self.most = most }

  /// The value of that name, which has been used now.
  package mutating func value(_ name: String) -> Value? {
    guard let value = values[name] else { return nil }
    touch(name)
    return value
  }

  /// Keeps a value, and lets go of the one unused for longest when there is no room.
  package mutating func keep(_ value: Value, as name: String) {
    values[name] = value
    touch(name)
    guard order.count > most else { return }
    values[order.removeFirst()] = nil
  }

  private mutating func touch(_ name: String) {
    if let place = order.lastIndex(of: name) { order.remove(at: place) }
    order.append(name)
  }
}
