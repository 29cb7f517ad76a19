package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/namespace"
)

// startControllers runs the controllers that complete deletions: those of owner
// references and of namespaces. They notice new kinds within five seconds.
func startControllers(ctx context.Context, s *apiServer) error {
	meta, err := metadata.NewForConfig(s.config)
	if err != nil {
		return err
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(s.clients.Discovery()))
	typed := informers.NewSharedInformerFactory(s.clients, 10*time.Minute)
	both := informerfactory.NewInformerFactory(typed, metadatainformer.NewSharedInformerFactory(meta, 10*time.Minute))
	started := make(chan struct{})
	gc, err := garbagecollector.NewGarbageCollector(ctx, s.clients, meta, mapper, garbagecollector.DefaultIgnoredResources(), both, started)
	if err != nil {
		return err
	}
	namespaces := namespace.NewNamespaceController(ctx, s.clients, meta, s.clients.Discovery().ServerPreferredNamespacedResources,
		typed.Core().V1().Namespaces(), 5*time.Minute, corev1.FinalizerKubernetes)
	both.Start(ctx.Done())
	close(started)
	go gc.Run(ctx, 4, 30*time.Second)
	go gc.Sync(ctx, s.clients.Discovery(), 5*time.Second)
	go namespaces.Run(ctx, 2)
	return nil
}
