package apistore

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/apiserver/pkg/storage"
)

// objects is what the API server's library uses in place of etcd for one resource.
type objects struct {
	storage.APIObjectVersioner
	revisions *revisions
	codec     runtime.Codec           // of custom resources, nil for built-in kinds
	kind      schema.GroupVersionKind // of built-in kinds
	prefix    string
	emptyOf   func() runtime.Object
}

var _ storage.Interface = (*objects)(nil)

func (o *objects) Versioner() storage.Versioner { return o.APIObjectVersioner }

func (o *objects) Create(ctx context.Context, key string, obj, out runtime.Object, seconds uint64) error {
	key, err := storage.PrepareKey(o.prefix, key, false)
	if err != nil {
		return err
	}
	if version, err := o.ObjectResourceVersion(obj); err == nil && version != 0 {
		return storage.ErrResourceVersionSetOnCreate
	}
	if err := o.PrepareObjectForStorage(obj); err != nil {
		return err
	}
	after, err := o.record(obj)
	if err != nil {
		return err
	}
	written, done := o.revisions.swap(key, nil, after)
	if !done {
		return storage.NewKeyExistsError(key, 0)
	}
	if seconds > 0 {
		o.revisions.expire(key, time.Duration(seconds)*time.Second)
	}
	set(out, written)
	return nil
}

// record is what is kept of an object. A custom resource is read back from JSON, as from
// etcd: reading sets the defaults of what a create or an update cleared, such as status.
func (o *objects) record(obj runtime.Object) (*record, error) {
	if o.codec == nil {
		obj.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{}) // its Go type says it
		return &record{object: obj.(object)}, nil
	}
	text, err := runtime.Encode(o.codec, obj)
	if err != nil {
		return nil, err
	}
	read, err := runtime.Decode(o.codec, text)
	if err != nil {
		return nil, err
	}
	return &record{read.(object), text}, nil
}

// set copies an object to where the library wants it.
func set(out runtime.Object, from object) {
	if v := reflect.ValueOf(out); v.Kind() == reflect.Pointer && !v.IsNil() {
		v.Elem().Set(reflect.ValueOf(from.DeepCopyObject()).Elem())
	}
}

func (o *objects) Delete(ctx context.Context, key string, out runtime.Object, preconditions *storage.Preconditions,
	valid storage.ValidateObjectFunc, _ runtime.Object, _ storage.DeleteOptions) error {
	key, err := storage.PrepareKey(o.prefix, key, false)
	if err != nil {
		return err
	}
	for {
		before, _ := o.revisions.get(key)
		if before == nil {
			return storage.NewKeyNotFoundError(key, 0)
		}
		if err := preconditions.Check(key, before.object); err != nil {
			return err
		}
		if err := valid(ctx, copied(before.object)); err != nil {
			return err
		}
		if gone, done := o.revisions.swap(key, before, nil); done {
			set(out, gone)
			return nil
		}
	}
}

func (o *objects) Get(ctx context.Context, key string, opts storage.GetOptions, out runtime.Object) error {
	key, err := storage.PrepareKey(o.prefix, key, false)
	if err != nil {
		return err
	}
	found, now := o.revisions.get(key)
	if err := o.reached(opts.ResourceVersion, now); err != nil {
		return err
	}
	switch {
	case found != nil:
		set(out, found.object)
		return nil
	case opts.IgnoreNotFound:
		return runtime.SetZeroValue(out)
	}
	return storage.NewKeyNotFoundError(key, 0)
}

// reached refuses a read that must not be older than a revision that is yet to come.
func (o *objects) reached(atLeast string, now uint64) error {
	version, err := o.ParseResourceVersion(atLeast)
	if err != nil {
		return apierrors.NewBadRequest(fmt.Sprintf("invalid resource version: %v", err))
	}
	if version > now {
		return storage.NewTooLargeResourceVersionError(version, now, 1)
	}
	return nil
}

// GetList answers from the present state, or, where the caller takes any state, from the one
// that its replica of the API server has by now. It gives more than a limit asks for, which a
// server may do.
func (o *objects) GetList(ctx context.Context, key string, opts storage.ListOptions, list runtime.Object) error {
	key, err := storage.PrepareKey(o.prefix, key, opts.Recursive)
	if err != nil {
		return err
	}
	if opts.Predicate.Continue != "" {
		return apierrors.NewBadRequest("this store lists without pages")
	}
	revision, _, err := storage.ValidateListOptions(key, o.APIObjectVersioner, opts)
	if err != nil {
		return err
	}
	_, now := o.revisions.get(key)
	if err := o.reached(opts.ResourceVersion, now); err != nil {
		return err
	}
	at := uint64(revision)
	if at == 0 && opts.ResourceVersion != "" {
		oldest, _ := o.ParseResourceVersion(opts.ResourceVersion)
		at = max(oldest, o.revisions.asOf(time.Now().Add(-callerOf(ctx).lag())))
	}
	found, at, kept := o.revisions.under(key, at)
	if !kept {
		return expired(at)
	}
	items, err := meta.GetItemsPtr(list)
	if err != nil {
		return err
	}
	into := reflect.ValueOf(items).Elem()
	into.Set(reflect.MakeSlice(into.Type(), 0, len(found)))
	for _, u := range found {
		if matches, err := opts.Predicate.Matches(u.object); err != nil {
			return err
		} else if matches {
			into.Set(reflect.Append(into, reflect.ValueOf(u.DeepCopyObject()).Elem()))
		}
	}
	return o.UpdateList(list, at, "", nil)
}

func expired(revision uint64) error {
	return apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d", revision))
}

func (o *objects) GuaranteedUpdate(ctx context.Context, key string, out runtime.Object, ignoreNotFound bool,
	preconditions *storage.Preconditions, update storage.UpdateFunc, _ runtime.Object) error {
	key, err := storage.PrepareKey(o.prefix, key, false)
	if err != nil {
		return err
	}
	for {
		before, _ := o.revisions.get(key)
		var current runtime.Object
		var known storage.ResponseMeta
		switch {
		case before != nil:
			current = copied(before.object)
			if o.codec == nil { // as the object of a request has it, which is compared with this one
				current.GetObjectKind().SetGroupVersionKind(o.kind)
			}
			known.ResourceVersion, _ = strconv.ParseUint(before.GetResourceVersion(), 10, 64)
		case ignoreNotFound:
			current = o.emptyOf()
		default:
			return storage.NewKeyNotFoundError(key, 0)
		}
		if err := preconditions.Check(key, current); err != nil {
			return err
		}
		updated, seconds, err := update(current, known)
		if err != nil {
			return err
		}
		if err := o.PrepareObjectForStorage(updated); err != nil {
			return err
		}
		after, err := o.record(updated)
		if err != nil {
			return err
		}
		if before != nil && same(before, after) {
			set(out, before.object)
			return nil
		}
		if written, done := o.revisions.swap(key, before, after); done {
			if seconds != nil && *seconds > 0 {
				o.revisions.expire(key, time.Duration(*seconds)*time.Second)
			}
			set(out, written)
			return nil
		}
	}
}

// same tells whether a write would change nothing.
func same(before, after *record) bool {
	if before.text != nil {
		return bytes.Equal(before.text, after.text)
	}
	after.SetResourceVersion(before.GetResourceVersion())
	return equality.Semantic.DeepEqual(before.object, after.object)
}

func (o *objects) Watch(ctx context.Context, key string, opts storage.ListOptions) (watch.Interface, error) {
	key, err := storage.PrepareKey(o.prefix, key, opts.Recursive)
	if err != nil {
		return nil, err
	}
	from, err := o.ParseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return nil, err
	}
	return o.follow(ctx, key, from, opts), nil
}

func (o *objects) Stats(context.Context) (storage.Stats, error) { return storage.Stats{}, nil }

func (o *objects) ReadinessCheck() error { return nil }

func (o *objects) RequestWatchProgress(context.Context) error { return nil }

func (o *objects) GetCurrentResourceVersion(context.Context) (uint64, error) {
	_, now := o.revisions.get("")
	return now, nil
}

func (o *objects) EnableResourceSizeEstimation(storage.KeysFunc) error { return nil }

func (o *objects) CompactRevision() int64 { return 0 }
