package apistore

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver"
	informers "k8s.io/apiextensions-apiserver/pkg/client/informers/externalversions/apiextensions/v1"
	listers "k8s.io/apiextensions-apiserver/pkg/client/listers/apiextensions/v1"
	extensionsopenapi "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kube-openapi/pkg/builder3"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/yaml"
)

// Kinds are the CRDs of the kinds that stores serve beside the built-in ones.
type Kinds struct {
	crds []*apiextensions.CustomResourceDefinition
}

// ReadKinds reads the CRDs of a folder.
func ReadKinds(folder string) (*Kinds, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no CRDs in %s: %w", folder, err)
	}
	k := &Kinds{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		crd := &apiextensions.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(text, crd); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		k.crds = append(k.crds, crd)
	}
	for _, crd := range k.crds {
		establish(crd)
	}
	return k, nil
}

// establish does what the API server does when a CRD is created.
func establish(crd *apiextensions.CustomResourceDefinition) {
	apiextensions.SetObjectDefaults_CustomResourceDefinition(crd)
	crd.UID = types.UID(crd.Name)
	crd.Status.AcceptedNames = crd.Spec.Names
	crd.Status.Conditions = []apiextensions.CustomResourceDefinitionCondition{
		{Type: apiextensions.NamesAccepted, Status: apiextensions.ConditionTrue},
		{Type: apiextensions.Established, Status: apiextensions.ConditionTrue},
	}
}

// handler is the API server's own handler of custom resources, and its handlers of built-in
// kinds. They keep their objects in r. Each store has a handler of its own, and compiles schemas and
// rules for it in some 60 ms: the library counts requests with a sync.WaitGroup of the handler, and
// the first bubble that uses one keeps it.
func (k *Kinds) handler(r *revisions) (http.Handler, error) {
	models, err := metaModels()
	if err != nil {
		return nil, err
	}
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	for _, crd := range k.crds {
		if err := indexer.Add(crd); err != nil {
			return nil, err
		}
	}
	served := map[schema.GroupVersionResource]*serving{}
	for _, b := range builtIns {
		if served[b.resource()], err = b.serve(storedHere{r}); err != nil {
			return nil, err
		}
	}
	h, err := apiserver.NewCustomResourceDefinitionHandler(nil, nil, definitions{indexer}, http.NotFoundHandler(),
		storedHere{r}, lifecycle{r}, nil, nil, nil, 1, authorizerfactory.NewAlwaysAllowAuthorizer(),
		time.Minute, watchAtLeast, models, 3<<20)
	if err != nil {
		return nil, err
	}
	return filters.WithWarningRecorder(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		info, _ := request.RequestInfoFrom(r.Context())
		if of := served[schema.GroupVersionResource{Group: info.APIGroup, Version: info.APIVersion, Resource: info.Resource}]; of != nil {
			if handle := of.handler(info); handle != nil {
				handle(w, r)
				return
			}
		}
		h.ServeHTTP(w, r)
	})), nil
}

// metaModels are the schemas of metadata, by which server-side apply merges.
var metaModels = sync.OnceValues(func() (map[string]*spec.Schema, error) {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.SchemeGroupVersion)
	names := openapi.NewDefinitionNamer(scheme)
	config := server.DefaultOpenAPIV3Config(extensionsopenapi.GetOpenAPIDefinitions, names)
	return builder3.BuildOpenAPIDefinitionsForResources(config, metav1.ObjectMeta{}.OpenAPIModelName(), metav1.ListMeta{}.OpenAPIModelName())
})

// definitions are the CRDs, which never change.
type definitions struct{ indexer cache.Indexer }

var _ informers.CustomResourceDefinitionInformer = definitions{}

func (d definitions) Informer() cache.SharedIndexInformer {
	return cache.NewSharedIndexInformer(&cache.ListWatch{}, &apiextensions.CustomResourceDefinition{}, 0, cache.Indexers{})
}

func (d definitions) Lister() listers.CustomResourceDefinitionLister {
	return listers.NewCustomResourceDefinitionLister(d.indexer)
}

// storedHere makes the library keep objects in memory.
type storedHere struct{ revisions *revisions }

func (s storedHere) GetRESTOptions(resource schema.GroupResource, _ runtime.Object) (generic.RESTOptions, error) {
	return generic.RESTOptions{
		StorageConfig:           &storagebackend.ConfigForResource{GroupResource: resource, Config: storagebackend.Config{Codec: asJSON}},
		EnableGarbageCollection: true,
		DeleteCollectionWorkers: 1,
		ResourcePrefix:          prefixOf(resource),
		Decorator: func(config *storagebackend.ConfigForResource, prefix string, _ func(runtime.Object) (string, error), empty, _ func() runtime.Object,
			_ storage.AttrFunc, _ storage.IndexerFuncs, _ *cache.Indexers) (storage.Interface, factory.DestroyFunc, error) {
			return &objects{revisions: s.revisions, codec: s.codecOf(config), kind: kindOf(resource), prefix: prefix, emptyOf: empty}, func() {}, nil
		},
	}, nil
}

// codecOf is the codec of a custom resource, which the library has made of asJSON.
func (s storedHere) codecOf(config *storagebackend.ConfigForResource) runtime.Codec {
	if config.Codec == asJSON {
		return nil
	}
	return config.Codec
}

var asJSON = runtime.NewCodec(unstructured.UnstructuredJSONScheme, unstructured.UnstructuredJSONScheme)

// prefixOf is where objects of a resource are, as an API server has them in etcd.
func prefixOf(resource schema.GroupResource) string {
	return path.Join("/registry", resource.Group, resource.Resource)
}

func keyOf(resource schema.GroupResource, namespace, name string) string {
	return path.Join(prefixOf(resource), namespace, name)
}

type callerKey struct{}

func callerOf(ctx context.Context) *caller { return ctx.Value(callerKey{}).(*caller) }
