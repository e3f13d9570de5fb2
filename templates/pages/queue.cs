<?cs include:"layout/head.cs" ?>
<?cs include:"parts/queue.cs" ?>
<?cs include:"layout/foot.cs" ?>
