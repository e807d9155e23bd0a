/// A stack whose upper part can be moved out at once, which an array cannot do without copying each element.
///
/// It is all of the parser that manages memory by hand. Elements at places below `count` are initialized, no others.
@safe struct JSONStack<Element>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  /// The uppermost element.
  var last: Element? { count > 0 ? unsafe base[count - 1] : nil }

  mutating func push(_ element: consuming Element) {
    if count == capacity { grow() }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  /// Drops the uppermost element.
  mutating func drop() {
    precondition(count > 0)
    count -= 1
    unsafe (base + count).deinitialize(count: 1)
  }

  /// Moves what stands from `start` on into an array of exactly that size.
  mutating func take(from start: Int) -> [Element] {
    precondition(start >= 0 && start <= count)
    let taken = count - start
    count = start
    var array: [Element] = []
    array.append(addingCapacity: taken) { output in
      for place in 0..<taken { output.append(unsafe (base + start + place).move()) }
    }
    return array
  }

  /// Moves what stands from `start` on, and as many of the other stack's uppermost elements, into one array of pairs.
  mutating func take<Other, Pair>(
    from start: Int, with other: inout JSONStack<Other>, _ pair: (consuming Other, consuming Element) -> Pair
  ) -> [Pair] {
    let taken = count - start
    precondition(start >= 0 && taken >= 0 && other.count >= taken)
    let otherStart = other.count - taken
    count = start
    other.count = otherStart
    var array: [Pair] = []
    array.append(addingCapacity: taken) { output in
      for place in 0..<taken {
        let left = unsafe (other.base + otherStart + place).move()
        let right = unsafe (base + start + place).move()
        output.append(pair(left, right))
      }
    }
    return array
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = larger
    capacity *= 2
  }
}
