package apistore

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/managedfields"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/endpoints/handlers"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/generic/registry"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/names"
	"k8s.io/client-go/applyconfigurations"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
)

// builtIns are the kinds that need no CRD in a cluster, as far as a manager and a person
// need them. Their fields are not validated, and the two kinds of events do not show each other's
// objects.
var builtIns = []builtIn{
	{corev1.SchemeGroupVersion, "namespaces", false, &corev1.Namespace{}, &corev1.NamespaceList{}},
	{corev1.SchemeGroupVersion, "secrets", true, &corev1.Secret{}, &corev1.SecretList{}},
	{corev1.SchemeGroupVersion, "events", true, &corev1.Event{}, &corev1.EventList{}},
	{eventsv1.SchemeGroupVersion, "events", true, &eventsv1.Event{}, &eventsv1.EventList{}},
	{coordinationv1.SchemeGroupVersion, "leases", true, &coordinationv1.Lease{}, &coordinationv1.LeaseList{}},
}

type builtIn struct {
	version    schema.GroupVersion
	plural     string
	namespaced bool
	object     runtime.Object
	list       runtime.Object
}

func (b builtIn) resource() schema.GroupVersionResource { return b.version.WithResource(b.plural) }

func (b builtIn) kind() schema.GroupVersionKind {
	return b.version.WithKind(reflect.TypeOf(b.object).Elem().Name())
}

// kindOf is the kind of a resource, the zero value where it is no built-in one.
func kindOf(resource schema.GroupResource) schema.GroupVersionKind {
	for _, b := range builtIns {
		if b.resource().GroupResource() == resource {
			return b.kind()
		}
	}
	return schema.GroupVersionKind{}
}

// scheme sets the defaults that an API server sets in the built-in kinds.
var (
	scheme = func() *runtime.Scheme {
		s := runtime.NewScheme()
		utilruntime.Must(clientgoscheme.AddToScheme(s))
		for _, b := range builtIns {
			s.AddTypeDefaultingFunc(b.object, func(o any) { complete(o.(runtime.Object)) })
		}
		return s
	}()
	codecs = serializer.NewCodecFactory(scheme)
)

// serving is a resource with the library's handlers of it.
type serving struct {
	store *registry.Store
	rest.GracefulDeleter
	scope *handlers.RequestScope
	admit lifecycle
}

func (b builtIn) serve(options storedHere) (*serving, error) {
	resource := b.resource().GroupResource()
	s := strategy{scheme, names.SimpleNameGenerator, b}
	made := &registry.Store{
		NewFunc:                   func() runtime.Object { return b.object.DeepCopyObject() },
		NewListFunc:               func() runtime.Object { return b.list.DeepCopyObject() },
		DefaultQualifiedResource:  resource,
		SingularQualifiedResource: resource,
		CreateStrategy:            s, UpdateStrategy: s, DeleteStrategy: s,
		TableConvertor: rest.NewDefaultTableConvertor(resource),
	}
	if b.plural == "events" {
		made.TTLFunc = func(runtime.Object, uint64, bool) (uint64, error) { return uint64(eventsLive.Seconds()), nil }
	}
	if err := made.CompleteWithOptions(&generic.StoreOptions{RESTOptions: options}); err != nil {
		return nil, err
	}
	fields, err := managedfields.NewDefaultFieldManager(applyconfigurations.NewTypeConverter(scheme), scheme, scheme, scheme, b.kind(), b.version, "", nil)
	if err != nil {
		return nil, err
	}
	scope := &handlers.RequestScope{
		Namer:           handlers.ContextBasedNaming{Namer: meta.NewAccessor(), ClusterScoped: !b.namespaced},
		Serializer:      codecs,
		ParameterCodec:  runtime.NewParameterCodec(scheme),
		Creater:         scheme,
		Convertor:       scheme,
		Defaulter:       scheme,
		Typer:           scheme,
		UnsafeConvertor: runtime.UnsafeObjectConvertor(scheme),
		Authorizer:      authorizerfactory.NewAlwaysAllowAuthorizer(),

		EquivalentResourceMapper: runtime.NewEquivalentResourceRegistry(),
		TableConvertor:           made.TableConvertor,
		FieldManager:             fields,
		Resource:                 b.resource(),
		Kind:                     b.kind(),
		MetaGroupVersion:         metav1.SchemeGroupVersion,
		HubGroupVersion:          b.version,
		MaxRequestBodyBytes:      3 << 20,
	}
	if b.plural == "namespaces" {
		return &serving{made, namespaceDeleter{made}, scope, lifecycle(options)}, nil
	}
	return &serving{made, made, scope, lifecycle(options)}, nil
}

// eventsLive is how long an API server keeps an event by default.
const eventsLive = time.Hour

// patches are the kinds of patches that built-in kinds accept.
var patches = []string{string(types.JSONPatchType), string(types.MergePatchType), string(types.StrategicMergePatchType), string(types.ApplyYAMLPatchType)}

func (s *serving) handler(info *request.RequestInfo) http.HandlerFunc {
	if info.Subresource != "" {
		return nil
	}
	switch info.Verb {
	case "get":
		return handlers.GetResource(s.store, s.scope)
	case "list", "watch":
		return handlers.ListResource(s.store, s.store, s.scope, info.Verb == "watch", watchAtLeast)
	case "create":
		return handlers.CreateResource(s.store, s.scope, s.admit)
	case "update":
		return handlers.UpdateResource(s.store, s.scope, s.admit)
	case "patch":
		return handlers.PatchResource(s.store, s.scope, s.admit, patches)
	case "delete":
		return handlers.DeleteResource(s, true, s.scope, s.admit)
	case "deletecollection":
		return handlers.DeleteCollection(s.store, true, s.scope, s.admit)
	}
	return nil
}

// watchAtLeast is how long a watch is served at least whose client names no time.
const watchAtLeast = 30 * time.Minute

// strategy completes built-in kinds as the API server does.
type strategy struct {
	runtime.ObjectTyper
	names.NameGenerator
	of builtIn
}

var (
	_ rest.RESTCreateStrategy = strategy{}
	_ rest.RESTUpdateStrategy = strategy{}
	_ rest.RESTDeleteStrategy = strategy{}
)

func (s strategy) NamespaceScoped() bool { return s.of.namespaced }

func (s strategy) AllowCreateOnUpdate(context.Context) bool { return s.of.plural == "leases" }

func (s strategy) AllowUnconditionalUpdate(context.Context) bool { return s.of.plural != "leases" }

func (strategy) PrepareForCreate(_ context.Context, o runtime.Object) {
	if n, ok := o.(*corev1.Namespace); ok {
		n.Status = corev1.NamespaceStatus{Phase: corev1.NamespaceActive}
		n.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
	}
}

func (strategy) PrepareForUpdate(_ context.Context, o, old runtime.Object) {
	if n, ok := o.(*corev1.Namespace); ok {
		n.Status, n.Spec = old.(*corev1.Namespace).Status, old.(*corev1.Namespace).Spec
	}
}

// complete sets what defaulting and conversion set in an API server.
func complete(o runtime.Object) {
	switch o := o.(type) {
	case *corev1.Namespace:
		if o.Labels == nil {
			o.Labels = map[string]string{}
		}
		o.Labels[corev1.LabelMetadataName] = o.Name
	case *corev1.Secret:
		if o.Type == "" {
			o.Type = corev1.SecretTypeOpaque
		}
		for key, text := range o.StringData {
			if o.Data == nil {
				o.Data = map[string][]byte{}
			}
			o.Data[key] = []byte(text)
		}
		o.StringData = nil
	}
}

func (strategy) Validate(context.Context, runtime.Object) field.ErrorList { return nil }

func (strategy) ValidateUpdate(context.Context, runtime.Object, runtime.Object) field.ErrorList {
	return nil
}

func (strategy) WarningsOnCreate(context.Context, runtime.Object) []string { return nil }

func (strategy) WarningsOnUpdate(context.Context, runtime.Object, runtime.Object) []string {
	return nil
}

func (strategy) Canonicalize(runtime.Object) {}

// namespaceDeleter marks a namespace as one that goes. It goes when nothing is left in it.
type namespaceDeleter struct{ *registry.Store }

func (d namespaceDeleter) Delete(ctx context.Context, name string, valid rest.ValidateObjectFunc, options *metav1.DeleteOptions) (runtime.Object, bool, error) {
	key, err := d.KeyFunc(ctx, name)
	if err != nil {
		return nil, false, err
	}
	preconditions := &metav1.Preconditions{}
	if options != nil && options.Preconditions != nil {
		preconditions = options.Preconditions
	}
	out := &corev1.Namespace{}
	err = d.Storage.GuaranteedUpdate(ctx, key, out, false, nil, storage.SimpleUpdate(func(o runtime.Object) (runtime.Object, error) {
		n := o.(*corev1.Namespace)
		if wanted := preconditions.UID; wanted != nil && *wanted != n.UID {
			return nil, apierrors.NewConflict(corev1.Resource("namespaces"), name,
				fmt.Errorf("Precondition failed: UID in precondition: %v, UID in object meta: %v", *wanted, n.UID)) //nolint:staticcheck // the API server's words
		}
		if wanted := preconditions.ResourceVersion; wanted != nil && *wanted != n.ResourceVersion {
			return nil, apierrors.NewConflict(corev1.Resource("namespaces"), name,
				fmt.Errorf("Precondition failed: ResourceVersion in precondition: %v, ResourceVersion in object meta: %v", *wanted, n.ResourceVersion)) //nolint:staticcheck // the API server's words
		}
		if n.DeletionTimestamp == nil {
			n.DeletionTimestamp = new(metav1.Now())
		}
		n.Status.Phase = corev1.NamespaceTerminating
		return n, valid(ctx, n)
	}), false, nil)
	if storage.IsNotFound(err) {
		err = apierrors.NewNotFound(corev1.Resource("namespaces"), name)
	}
	return out, false, err
}
