#include "common/template_engine/interpreter.hpp"

namespace notify::template_engine {

namespace {

// What handlebars.js puts for `this` where there is none.
Value EmptyObject() {
  static constexpr Member kNone{};
  return Value::Object({&kNone, std::size_t{0}});
}

}  // namespace

const Interpreter::Context* Interpreter::ContextAt(std::uint32_t depth) const {
  const Context* context = contexts_;
  for (; depth > 0 && context != nullptr; --depth) context = context->parent;
  return context;
}

const Interpreter::DataFrame* Interpreter::DataAt(std::uint32_t depth) const {
  const DataFrame* frame = data_;
  for (; depth > 0 && frame != nullptr; --depth) frame = frame->parent;
  return frame;
}

const Interpreter::Closure* Interpreter::CurrentBlock(const DataFrame* frame) const {
  while (frame != nullptr && frame->is_loop) frame = frame->parent;
  return frame == nullptr ? nullptr : frame->block;
}

Value Interpreter::LoopVariable(const Path& path) const {
  const DataFrame* frame = DataAt(path.depth);
  while (frame != nullptr && !frame->is_loop) frame = frame->parent;
  if (frame != nullptr) {
    if (path.kind == PathKind::kIndex) return Value::Number(frame->index);
    if (path.kind == PathKind::kKey) return frame->key;
    if (path.kind == PathKind::kFirst) return Value::Bool(frame->first);
    if (path.kind == PathKind::kLast) return Value::Bool(frame->last);
  }
  return options_.variables.Find(program_->parts[path.first_part]);
}

// The value that the path begins with, and the first part that is still to be looked up in it.
Value Interpreter::Start(const Path& path, std::uint32_t& part, bool& found) const {
  part = path.kind == PathKind::kContext ? 0 : 1;
  switch (path.kind) {
    case PathKind::kContext: {
      if (path.depth > 0) {
        const Context* context = ContextAt(path.depth);
        found = context != nullptr;
        return found ? context->value : Value();
      }
      if (path.walks_contexts && path.part_count > 0) {
        const Name& name = program_->parts[path.first_part];
        for (const Context* context = contexts_; context != nullptr; context = context->parent) {
          const Value value = context->value.Find(name);
          if (value.is_nullish()) continue;
          part = 1;
          return value;
        }
      }
      return path.null_is_object && context_.is_nullish() ? EmptyObject() : context_;
    }
    case PathKind::kBlockParam: {
      const BlockParams* params = params_;
      for (std::uint32_t level = path.depth; level > 0 && params != nullptr; --level) {
        params = params->parent;
      }
      found = params != nullptr && path.slot < params->count;
      return found ? params->values[path.slot] : Value();
    }
    case PathKind::kRoot:
      return root_;
    case PathKind::kPartialBlock:
      found = CurrentBlock(DataAt(path.depth)) != nullptr;
      return found ? Value::Bool(true) : Value();
    case PathKind::kIndex:
    case PathKind::kKey:
    case PathKind::kFirst:
    case PathKind::kLast:
    case PathKind::kVariable: {
      if (path.part_count == 0) return {};
      const Value value = LoopVariable(path);
      found = !value.is_undefined();
      return value;
    }
  }
  return {};
}

// Answers false only when the render fails; an absent variable that is allowed is undefined.
bool Interpreter::Resolve(const Path& path, Value& value) {
  if (path.is_plain && context_.kind() == Kind::kObject) {
    value = context_.Find(program_->parts[path.first_part]);
    return !value.is_undefined() || Absent(path, context_, 0);
  }
  std::uint32_t part = 0;
  bool found = true;
  value = Start(path, part, found);
  if (!found) {
    if (options_.assume_objects && path.part_count > 1) {
      return FailHere("\"" + std::string(path.text) + "\" reaches into nothing");
    }
    return Absent(path, Value(), 0);
  }
  // handlebars.js goes through @data with `&&`: what is falsy on the way is the answer.
  const bool is_data = path.kind > PathKind::kBlockParam;
  for (; part < path.part_count; ++part) {
    const Value parent = value;
    if (parent.is_nullish() || (is_data && !parent.IsTruthy())) {
      if (options_.assume_objects) {
        return FailHere("\"" + std::string(path.text) + "\" reaches into nothing");
      }
      if (options_.missing == Missing::kEmpty) return true;
      return Absent(path, parent, part);
    }
    if (parent.kind() == Kind::kString) Charge(parent);
    value = parent.Find(program_->parts[path.first_part + part]);
    if (value.is_undefined()) {
      if (options_.assume_objects && part + 1 < path.part_count) continue;
      return Absent(path, parent, part);
    }
  }
  return true;
}

bool Interpreter::Absent(const Path& path, const Value& parent, std::uint32_t part) {
  if (options_.missing != Missing::kError || path.allow_absent) return true;
  std::string detail = "unknown variable \"" + std::string(path.text) + "\"";
  if (part > 0 && part < path.part_count) {
    detail += ": there is no \"" + std::string(program_->parts[path.first_part + part].text()) +
              "\" in \"" + std::string(program_->parts[path.first_part + part - 1].text()) + "\"";
    if (parent.kind() == Kind::kNull) detail += ", which is null";
  }
  return FailHere(std::move(detail), Suggest(path, parent, part));
}

std::string Interpreter::Suggest(const Path& path, const Value& parent, std::uint32_t part) const {
  const auto quote = [](std::string name) { return "did you mean \"" + name + "\"?"; };
  if (part >= path.part_count) return {};
  const std::string_view name = program_->parts[path.first_part + part].text();
  std::vector<std::string_view> known;
  if (path.kind >= PathKind::kRoot && part == 0) {
    known = {"root", "index", "key", "first", "last"};
  } else if (parent.kind() == Kind::kObject) {
    for (const Member& member : parent.members()) known.push_back(member.key.text());
  }
  if (const std::string_view nearest = NearestName(name, known); !nearest.empty()) {
    const std::size_t at = path.text.rfind(name);
    const bool only = path.part_count == part + 1 && at != path.text.npos;
    return quote(std::string(only ? path.text.substr(0, at) : "").append(nearest));
  }
  if (path.kind != PathKind::kContext || part != 0) return {};
  std::string up;
  for (const Context* context = contexts_; context != nullptr; context = context->parent) {
    if (!context->value.Find(name).is_undefined()) return quote(up + std::string(name));
    up += "../";
  }
  if (parent.kind() != Kind::kObject) return {};
  for (const Member& member : parent.members()) {
    if (member.value.kind() != Kind::kObject || member.value.Find(name).is_undefined()) continue;
    return quote(std::string(member.key.text()) + '.' + std::string(name));
  }
  return {};
}

bool Interpreter::PushPath(const Path& path) {
  Value value;
  if (!Resolve(path, value)) return false;
  if (value.is_undefined() && path.marker && options_.missing == Missing::kMarker) {
    value = Value::String(path.marked);
  }
  stack_[operands_++] = value;
  return true;
}

bool Interpreter::EmitPath(const Path& path, bool raw) {
  Value value;
  if (!Resolve(path, value)) return false;
  if (value.is_undefined() && path.marker && options_.missing == Missing::kMarker) {
    value = Value::String(path.marked);
  }
  return Emit(value, raw);
}

}  // namespace notify::template_engine
