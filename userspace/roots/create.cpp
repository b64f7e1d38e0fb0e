// SPDX-License-Identifier: BSD-2-Clause
#include "jail/roots/create.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "jail/steps.hpp"
#include "roots/fill.hpp"
#include "roots/image.hpp"
#include "roots/links.hpp"
#include "roots/overlay.hpp"
#include "roots/own_mounts.hpp"
#include "roots/record.hpp"
#include "roots/store.hpp"
#include "roots/tree.hpp"

namespace libjail::roots {
namespace {

Result<UniqueFd> make_folder(Kernel& kernel, int dir, const std::string& name, mode_t mode) {
  if (::mkdirat(dir, name.c_str(), mode) < 0) return fail(errno, "make folder \"" + name + "\"");
  auto fd = open_folder(kernel, dir, name);
  const int error = !fd ? fd.error() : ::fchmod(fd->get(), mode) < 0 ? errno : 0;
  if (error == 0) return std::move(*fd);
  ::unlinkat(dir, name.c_str(), AT_REMOVEDIR);
  return fail(error, "folder \"" + name + "\"");
}

Result<void> rename_new(int from, const std::string& old_name, int to, const std::string& name) {
  if (::renameat2(from, old_name.c_str(), to, name.c_str(), RENAME_NOREPLACE) < 0) {
    return fail(errno, "rename to \"" + name + "\"");
  }
  return {};
}

/// One root directory on its way in.
class Creation {
 public:
  Creation(const Environment& environment, const CreateRequest& request)
      : environment_(environment), kernel_(environment.kernel), request_(request) {}

  /// Looks at what is there; takes no lock and changes nothing.
  Result<void> look() {
    auto name = checked_name(request_.name);
    if (!name) return std::unexpected(name.error());
    auto store = Store::open(environment_);
    if (!store && store.error().code != ENOENT) return std::unexpected(store.error());
    path_ = store ? store->path() : environment_.store;
    if (store) store_ = std::make_unique<Store>(std::move(*store));
    return choose_base();
  }

  /// The same under the lock, in a store that is there.
  Result<void> take() {
    if (const int error = make_store(); error != 0) {
      return fail(error, environment_.store,
                  error == ENOENT ? "make the folder above it, or name another with --store"
                                  : "run as root");
    }
    if (auto looked = look(); !looked) return looked;
    if (!store_) return fail(ENOENT, environment_.store);
    if (auto locked = store_->lock(); !locked) return locked;
    if (const auto swept = store_->sweep(); !swept) return std::unexpected(swept.error());
    return check();
  }

  /// What must not be so.
  [[nodiscard]] Result<void> check() const {
    if (!store_) return {};
    if (store_->has(request_.name)) {
      return fail(EEXIST, store_->folder(request_.name),
                  "jailctl destroy " + request_.name + " removes it");
    }
    return check_links();
  }

  /// No jail runs that has links to the files that are to be linked.
  [[nodiscard]] Result<void> check_links() const {
    if (request_.sharing != Sharing::kLink || !store_ || !store_->has_base(record_.base)) return {};
    const auto users = store_->users_of(record_.base);
    if (!users) return std::unexpected(users.error());
    const auto running = store_->running(*users);
    if (!running) return std::unexpected(running.error());
    if (running->empty()) return {};
    return fail(EBUSY,
                "files that are linked are not immutable for a moment, and " +
                    enumeration(*running) + " could write to them",
                "stop it first, or use --thin");
  }

  [[nodiscard]] std::vector<Step> steps() {
    std::vector<Step> steps;
    if (!store_) {
      steps.push_back({.what = "make the store",
                       .commands = {"mkdir -m 700 " + quoted(path_)},
                       .run = [] { return Result<void>(); }});
    }
    steps.push_back(make_folder_step());
    if (request_.size != 0) steps.push_back(image_step());
    if (!record_.base.empty() && !(store_ && store_->has_base(record_.base))) {
      steps.push_back(base_step());
    }
    steps.push_back(request_.sharing == Sharing::kThin   ? thin_step()
                    : request_.sharing == Sharing::kLink ? link_step()
                                                         : copy_step());
    steps.push_back(publish_step());
    if (request_.sharing == Sharing::kThin) steps.push_back(mount_step());
    return steps;
  }

  [[nodiscard]] std::string root() const { return path_ + "/" + request_.name + "/" + kRoot; }
  /// Whether create() made the store: then its undoing removes it.
  [[nodiscard]] bool made_store() const { return made_store_; }

 private:
  int make_store() {
    if (::mkdir(environment_.store.c_str(), 0700) == 0) {
      made_store_ = true;
      return 0;
    }
    return errno == EEXIST ? 0 : errno;
  }

  Result<void> choose_base() {
    record_ = {
        .source = request_.source.text, .sharing = request_.sharing, .base = {}, .lower = {}};
    record_.size = request_.size;
    if (request_.size != 0 && request_.sharing == Sharing::kLink) {
      return fail(0, "links lead to no file system of a size of its own", "use --thin or --copy");
    }
    if (request_.sharing == Sharing::kCopy) return {};
    if (request_.sharing == Sharing::kThin && request_.source.kind == Source::Kind::kFolder) {
      record_.lower = request_.source.value;
    } else {
      auto key = base_key(environment_, request_.source);
      if (!key) return std::unexpected(key.error());
      record_.base = *key + (request_.sharing == Sharing::kLink ? "-sealed" : "");
      if (request_.sharing == Sharing::kThin) record_.lower = base_path();
    }
    if (const auto read = parse_record(print_record(record_)); !read || *read != record_) {
      return fail(EILSEQ, record_.lower, "the path must be UTF-8, or use --copy");
    }
    return {};
  }

  [[nodiscard]] std::string folder() const { return path_ + "/" + request_.name; }
  [[nodiscard]] std::string layer() const {
    return has_data(record_) ? folder() + "/" + kData : folder();
  }
  [[nodiscard]] std::string base_path() const { return path_ + "/" + kBases + "/" + record_.base; }

  Step make_folder_step() {
    const std::string hidden = unfinished(request_.name);
    return {.what = "make " + folder(),
            .commands = {"mkdir -m 700 " + quoted(folder()),
                         "printf '%s\\n' " + quoted(print_record(record_)) + " >" +
                             quoted(folder() + "/" + kRecordFile)},
            .run = [this, hidden]() -> Result<void> {
              auto made = make_folder(kernel_, store_->fd(), hidden, 0700);
              if (!made) return std::unexpected(made.error());
              work_ = std::move(*made);
              auto written = write_record(work_.get(), record_);
              if (!written) static_cast<void>(remove_tree(kernel_, store_->fd(), hidden));
              return written;
            },
            .undo =
                [this, hidden] {
                  work_.reset();
                  return remove_tree(kernel_, store_->fd(), hidden);
                }};
  }

  /// Where the image is mounted.
  [[nodiscard]] const char* image_point() const { return has_data(record_) ? kData : kRoot; }

  Step image_step() {
    Step step{.what = "make the image",
              .commands = make_image_commands(folder(), request_.size),
              .run = [this]() -> Result<void> {
                const std::string path = store_->folder(unfinished(request_.name));
                auto made = make_image(environment_, work_.get(), path, request_.size);
                if (!made) return made;
                if (::mkdirat(work_.get(), image_point(), 0755) < 0) return fail(errno, path);
                auto mounted = mount_image(environment_, work_.get(), image_point());
                if (!mounted) return std::unexpected(mounted.error());
                image_ = std::move(*mounted);
                static_cast<void>(::unlinkat(image_.get(), "lost+found", AT_REMOVEDIR));
                return {};
              },
              .undo = [this]() -> Result<void> {
                image_.reset();
                if (const auto gone = kernel_.unmount(work_.get(), image_point()); !gone) {
                  return fail(gone.error(), "unmount the image");
                }
                return {};
              }};
    step.commands.push_back("mkdir " + quoted(folder() + "/" + image_point()));
    step.commands.push_back(mount_image_command(folder(), image_point()));
    step.commands.push_back("rmdir " + quoted(folder() + "/" + image_point() + "/lost+found"));
    return step;
  }

  /// In the unfinished folder first, so that a base is whole when it has its name.
  Step base_step() {
    Step step{.what = "make the base from " + request_.source.text,
              .commands = {"mkdir -p -m 700 " + quoted(path_ + "/" + kBases),
                           "mkdir " + quoted(base_path())},
              .run = [this]() -> Result<void> {
                auto base = make_folder(kernel_, work_.get(), "base", 0755);
                if (!base) return std::unexpected(base.error());
                if (auto filled = fill_folder(base->get(), "base"); !filled) return filled;
                auto named = name_base();
                if (!named) remove_empty_bases();
                return named;
              },
              .undo = [this]() -> Result<void> {
                const auto bases = open_folder(kernel_, store_->fd(), kBases);
                if (!bases) return fail(bases.error(), path_ + "/" + kBases);
                if (auto gone = remove_tree(kernel_, bases->get(), record_.base); !gone) {
                  return gone;
                }
                remove_empty_bases();
                return {};
              }};
    const auto filling = fill_commands(environment_, request_.source, base_path());
    step.commands.insert(step.commands.end(), filling.begin(), filling.end());
    return step;
  }

  [[nodiscard]] Result<void> name_base() const {
    if (!store_) return fail(ENOENT, path_);
    if (::mkdirat(store_->fd(), kBases, 0700) < 0 && errno != EEXIST) {
      return fail(errno, path_ + "/" + kBases);
    }
    const auto bases = open_folder(kernel_, store_->fd(), kBases);
    if (!bases) return fail(bases.error(), path_ + "/" + kBases);
    return rename_new(work_.get(), "base", bases->get(), record_.base);
  }

  void remove_empty_bases() const {
    if (!store_) return;
    static_cast<void>(::unlinkat(store_->fd(), kBases, AT_REMOVEDIR));  // if it is empty
  }

  [[nodiscard]] Result<void> fill_folder(int fd, const std::string& name) const {
    if (!store_) return fail(ENOENT, path_);
    return fill(environment_, request_.source,
                {.fd = fd,
                 .parent = work_.get(),
                 .name = name,
                 .path = store_->folder(unfinished(request_.name)) + "/" + name},
                request_.source.text);
  }

  Step thin_step() {
    return {.what = "make the jail's layer",
            .commands = {"mkdir " + quoted(folder() + "/" + kRoot),
                         "(cd " + quoted(layer()) + " && mkdir upper work)"},
            .run = [this]() -> Result<void> {
              const UniqueFd lower(::open(record_.lower.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
              if (!lower) return fail(errno, record_.lower);
              const auto st = kernel_.fstat(lower.get());
              if (!st) return fail(st.error(), record_.lower);
              // The merged root has the upper one's owner and mode.
              const int layer = image_ ? image_.get() : work_.get();
              const auto upper = make_folder(kernel_, layer, "upper", st->st_mode & 07777);
              if (!upper) return std::unexpected(upper.error());
              if (::fchown(upper->get(), st->st_uid, st->st_gid) < 0) return fail(errno, "upper");
              const auto work = make_folder(kernel_, layer, "work", 0755);
              if (!work) return std::unexpected(work.error());
              image_.reset();  // or it would be in use when it is to be unmounted
              const auto root = make_folder(kernel_, work_.get(), kRoot, 0755);
              if (!root) return std::unexpected(root.error());
              return {};
            }};
  }

  Step link_step() {
    const std::string from = quoted(base_path());
    const std::string to = quoted(folder() + "/" + kRoot);
    return {
        .what = "link " + request_.source.text,
        .commands = {"find " + from + " -type f -exec chattr -i {} +", "cp -al " + from + " " + to,
                     "(cd " + to + " && for own in etc home root run srv tmp var; do rm -rf " +
                         "$own; cp -a " + from + "/$own . 2>/dev/null; done)",
                     "find " + to + " -type f -links +1 -exec chattr +i {} +"},
        .run = [this]() -> Result<void> {
          const auto bases = open_folder(kernel_, store_->fd(), kBases);
          if (!bases) return fail(bases.error(), path_ + "/" + kBases);
          const auto base = open_folder(kernel_, bases->get(), record_.base);
          if (!base) return fail(base.error(), base_path());
          const auto root = make_folder(kernel_, work_.get(), kRoot, 0755);
          if (!root) return std::unexpected(root.error());
          auto copied = copy_tree(
              environment_, base->get(), root->get(), request_.source.text,
              [](const std::string& path, mode_t mode) { return !is_linked(path, mode); });
          if (!copied) return copied;
          // Held until all is done, or undone.
          auto lock = store_->lock_links();
          if (!lock) return std::unexpected(lock.error());
          links_lock_ = std::move(*lock);
          if (auto checked = check_links(); !checked) return checked;
          return link_files(kernel_, base->get(), root->get(), environment_.interrupted);
        }};
  }

  Step copy_step() {
    Step step{.what = "unpack " + request_.source.text, .run = [this]() -> Result<void> {
                if (image_) return fill_image();
                const auto root = make_folder(kernel_, work_.get(), kRoot, 0755);
                if (!root) return std::unexpected(root.error());
                return fill_folder(root->get(), kRoot);
              }};
    if (request_.size == 0) step.commands.push_back("mkdir " + quoted(folder() + "/" + kRoot));
    const auto filling = fill_commands(environment_, request_.source, folder() + "/" + kRoot);
    step.commands.insert(step.commands.end(), filling.begin(), filling.end());
    return step;
  }

  Result<void> fill_image() {
    const UniqueFd root = std::move(image_);
    return fill_folder(root.get(), kRoot);
  }

  Step publish_step() {
    const std::string hidden = unfinished(request_.name);
    return {
        .what = "give it its name",
        .commands = {},
        .run = [this,
                hidden] { return rename_new(store_->fd(), hidden, store_->fd(), request_.name); },
        .undo = [this,
                 hidden] { return rename_new(store_->fd(), request_.name, store_->fd(), hidden); }};
  }

  Step mount_step() {
    const Overlay overlay{
        .name = request_.name, .lower = record_.lower, .folder = folder(), .layer = layer()};
    return {.what = "mount " + root(),
            .commands = {mount_overlay_command(overlay)},
            .run = [this, overlay]() -> Result<void> {
              const auto target = open_folder(kernel_, work_.get(), kRoot);
              if (!target) return fail(target.error(), root());
              return mount_overlay(kernel_, overlay, target->get());
            }};
  }

  const Environment& environment_;
  Kernel& kernel_;
  const CreateRequest& request_;
  std::unique_ptr<Store> store_;
  std::string path_;  ///< of the store
  Record record_;
  UniqueFd work_;        ///< the folder of the jail
  UniqueFd links_lock_;  ///< while links are made
  UniqueFd image_;       ///< the root of the image, until it is filled
  bool made_store_ = false;
};

}  // namespace

Result<std::string> create(const Environment& environment, const CreateRequest& request) {
  Creation creation(environment, request);
  auto done = creation.take();
  if (done) done = run_steps(creation.steps(), environment.interrupted);
  if (done) return creation.root();
  if (creation.made_store()) static_cast<void>(::rmdir(environment.store.c_str()));  // if empty
  return std::unexpected(done.error());
}

Result<std::vector<std::string>> create_commands(const Environment& environment,
                                                 const CreateRequest& request) {
  Creation creation(environment, request);
  auto looked = creation.look();
  if (looked) looked = creation.check();
  if (!looked) return std::unexpected(looked.error());
  return commands_of(creation.steps());
}

}  // namespace libjail::roots
