#pragma once

namespace trivium::actors {

/// What a completion queue hands back: each operation that is begun names one,
/// and gets it once.
class completion {
public:
  /// On the queue's thread. False: the operation did not happen, since the call
  /// or the server is at its end.
  virtual void completed(bool is_done) = 0;

protected:
  ~completion() = default;
};

/// One that calls a member function of its owner.
template <class Owner>
class completion_of final : public completion {
public:
  using handler = void (Owner::*)(bool);

  completion_of(Owner& owner, handler handle)
    : owner_(owner), handle_(handle) {}

  void completed(bool is_done) override { (owner_.*handle_)(is_done); }

private:
  Owner& owner_;
  handler handle_;
};

} // namespace trivium::actors
